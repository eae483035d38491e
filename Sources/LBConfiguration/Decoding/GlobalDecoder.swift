import LoadBalancing

/// Reads the element `global`.
struct GlobalDecoder {
  let reader: ElementReader

  func decode() -> GlobalSettings {
    reader.checkStructure(.global)
    var settings = GlobalSettings()
    settings.watch = reader.read(GlobalAttributes.watch).value ?? settings.watch
    settings.diagnose = reader.read(GlobalAttributes.diagnose).value ?? settings.diagnose
    settings.firewallMarkBase = reader.read(GlobalAttributes.firewallMarkBase).value
    if let check = reader.child(.globalHealthCheck) {
      check.checkStructure(.globalHealthCheck)
      settings.healthCheck = check.timing(defaults: settings.healthCheck)
    }
    if let draining = reader.child(.draining) {
      draining.checkStructure(.draining)
      settings.persistentClients =
        draining.read(DrainingAttributes.persistentClients).value ?? settings.persistentClients
    }
    settings.timeouts = reader.child(.timeouts).map(timeouts)
    if let notify = reader.child(.notify) {
      notify.checkStructure(.notify)
      settings.notifyCommand = notify.read(NotifyAttributes.command).value
    }
    return settings
  }

  private func timeouts(_ reader: ElementReader) -> KernelTimeouts {
    reader.checkStructure(.timeouts)
    return KernelTimeouts(
      tcp: reader.read(TimeoutAttributes.tcp).value, tcpFin: reader.read(TimeoutAttributes.tcpFin).value,
      udp: reader.read(TimeoutAttributes.udp).value)
  }
}

extension ElementReader {
  /// The timing that an element gives to checks, over these defaults.
  func timing(defaults: CheckTiming) -> CheckTiming {
    CheckTiming(
      interval: read(TimingAttributes.interval).value ?? defaults.interval,
      timeout: read(TimingAttributes.timeout).value ?? defaults.timeout,
      failures: read(TimingAttributes.failures).value ?? defaults.failures,
      successes: read(TimingAttributes.successes).value ?? defaults.successes,
      fastInterval: defaults.fastInterval)
  }
}

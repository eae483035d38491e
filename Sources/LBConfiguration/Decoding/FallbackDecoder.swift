import LoadBalancing

/// Reads the element `fallback`.
struct FallbackDecoder {
  let reader: ElementReader
  let service: ServiceTraits

  /// nil when the address is missing or wrong.
  func decode() -> FallbackServer? {
    reader.checkStructure(.fallback)
    let address = reader.read(FallbackAttributes.address).value
    let own = reader.read(FallbackAttributes.forwarding)
    let port = reader.read(FallbackAttributes.port).value?.port
    let forwarding = own.isAbsent ? service.forwarding : own.value
    if port != nil, let forwarding, !forwarding.translatesPorts {
      reader.report(
        FallbackAttributes.port,
        "does not go with forwarding=\"\(forwarding.rawValue)\", which never translates ports; allowed: no port, or 0")
    }
    if let address {
      service.checkFamily(of: address, in: reader, FallbackAttributes.address, forwarding: forwarding)
    }
    guard let address else { return nil }
    return FallbackServer(address: address, forwarding: own.value, port: port)
  }
}

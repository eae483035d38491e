import TestSupport

@testable import LBDaemon

extension ReloaderFixture {
  /// Runs a main file alone; the drop-in that ran before cannot be put back, because its directory is gone.
  func runsWithoutTheDirectoryOfBefore(_ text: String) async throws {
    try write(Self.dropIn, to: "conf.d/mail.xml")
    _ = try await reloader.reload(reason: "test")
    try remove("conf.d")
    try write(text)
    _ = try await reloader.reload(reason: "test")
  }

  /// Lets the time for a confirmation pass.
  func lets(_ seconds: Int64, passOn clock: ManualClock) async throws {
    await clock.waitForSleepers(1)
    let waiting = await reloader.confirmation
    clock.advance(by: .seconds(seconds))
    await waiting?.value
  }
}

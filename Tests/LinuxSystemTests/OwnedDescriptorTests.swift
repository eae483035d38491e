import Glibc
import Testing

@testable import LinuxSystem

@Suite struct OwnedDescriptorTests {
  private func makePipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    try systemCall("pipe") { unsafe pipe(&ends) }
    return (ends[0], ends[1])
  }

  @Test func closesWithItsOwner() throws {
    let ends = try makePipe()
    let reading = OwnedDescriptor(ends.reading)
    do {
      let writing = OwnedDescriptor(ends.writing)
      #expect(writing.rawValue == ends.writing)
    }
    var byte: UInt8 = 0
    // The end of the stream: nobody holds the writing end any more.
    #expect(unsafe read(reading.rawValue, &byte, 1) == 0)
  }

  @Test func doesNotCloseWhatWasTaken() throws {
    let ends = try makePipe()
    let reading = OwnedDescriptor(ends.reading)
    let number = OwnedDescriptor(ends.writing).take()
    var byte: UInt8 = 42
    #expect(unsafe write(number, &byte, 1) == 1)
    #expect(unsafe read(reading.rawValue, &byte, 1) == 1)
    close(number)
  }
}

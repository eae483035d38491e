import Testing

@testable import LBConfiguration

@Suite struct ConfigurationHistoryTests {
  private let directory: TemporaryDirectory
  private var history: ConfigurationHistory { ConfigurationHistory(directory: directory.path + "/history") }

  init() throws { directory = try TemporaryDirectory() }

  private func configuration(_ number: Int) -> [SourceFile] {
    [
      SourceFile(path: "/etc/lbd/lbd.xml", bytes: Array("<load-balancer/>\n<!-- \(number) -->".utf8), readAt: 1.5),
      SourceFile(path: "/etc/lbd/conf.d/ä b\n.xml", bytes: [0, 10, 255], readAt: 2e9),
      SourceFile(path: "/empty.xml", bytes: []),
    ]
  }

  @Test func nothingIsThereAtFirst() throws {
    #expect(try history.list().isEmpty)
    #expect(try history.newest() == nil)
  }

  @Test func filesComeBackWhole() throws {
    let entry = try history.save(configuration(1))
    #expect(try history.files(of: entry) == configuration(1))
    #expect(try history.newest() == configuration(1))
    #expect(try history.list() == [entry])
  }

  @Test func nothingIsSavedTwice() throws {
    let first = try history.save(configuration(1))
    var reread = configuration(1)
    reread[0].readAt = 99
    #expect(try history.save(reread) == first)
    let second = try history.save(configuration(2))
    #expect(try history.save(configuration(1)).number == second.number + 1)
    #expect(try history.list().map(\.number) == [1, 2, 3])
  }

  @Test func theLastTwentyAreKept() throws {
    for number in 1...25 { try history.save(configuration(number)) }
    #expect(try history.list().map(\.number) == Array(6...25))
    #expect(try history.newest() == configuration(25))
  }

  @Test func damagedEntriesAreNamedAndPassedOver() throws {
    let good = try history.save(configuration(1))
    let whole = ConfigurationArchive.bytes(of: configuration(2))
    try directory.write(Array(whole.dropLast()), to: "history/00000002.configuration")
    let damaged = try #require(try history.list().last)
    #expect(throws: ConfigurationHistoryError.self) { try history.files(of: damaged) }
    #expect(try history.newest() == configuration(1))
    #expect(try history.save(configuration(3)).number == 3)
    #expect(try history.list().first == good)
  }

  @Test func noCutAndNoStrayByteIsTakenForAConfiguration() {
    let whole = ConfigurationArchive.bytes(of: configuration(1))
    #expect(ConfigurationArchive.files(in: whole) == configuration(1))
    for length in whole.indices { #expect(ConfigurationArchive.files(in: Array(whole[..<length])) == nil) }
    #expect(ConfigurationArchive.files(in: whole + [10]) == nil)
    #expect(ConfigurationArchive.files(in: Array("lbd configuration 1\nfile 99999999999999999999 1 0\n".utf8)) == nil)
    #expect(ConfigurationArchive.files(in: Array("lbd configuration 1\nfile 9223372036854775807 1 0\n".utf8)) == nil)
    #expect(ConfigurationArchive.files(in: Array("lbd configuration 2\nend 0\n".utf8)) == nil)
  }

  @Test func otherFilesOfTheDirectoryStay() throws {
    try directory.makeDirectory("history")
    try directory.write("mine", to: "history/notes.txt")
    try directory.write("half", to: "history/.00000001.configuration.abc")
    for number in 1...21 { try history.save(configuration(number)) }
    #expect(try history.list().count == 20)
    #expect(try directory.names() == ["history"])
    #expect(try DirectoryListing.names(in: history.directory).contains(Array("notes.txt".utf8)))
  }

  @Test func aDirectoryThatCannotBeMadeIsNamed() throws {
    try directory.write("a file", to: "history")
    #expect {
      try history.save(configuration(1))
    } throws: { error in
      "\(error)".contains("ENOTDIR")
    }
  }
}

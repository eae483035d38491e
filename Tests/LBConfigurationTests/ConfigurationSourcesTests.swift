import Glibc
import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct ConfigurationSourcesTests {
  private let directory: TemporaryDirectory
  private var sources: ConfigurationSources {
    ConfigurationSources(mainFile: directory.path + "/lbd.xml", dropInDirectory: directory.path + "/conf.d")
  }

  init() throws { directory = try TemporaryDirectory() }

  private func names(_ loaded: LoadedConfiguration) -> [String] {
    loaded.files.map { String($0.path.dropFirst(directory.path.count + 1)) }
  }

  private func failure(_ sources: ConfigurationSources) throws -> [ConfigurationProblem] {
    switch ConfigurationLoader.load(sources) {
    case .failure(let errors): return errors.problems
    case .success(let loaded): throw WrongCount(found: loaded.files.count)
    }
  }

  @Test func nothingThereIsNoConfiguration() throws {
    let loaded = try ConfigurationLoader.load(sources).get()
    #expect(loaded.isMissing && loaded.loadBalancer == LoadBalancer())
    #expect(try ConfigurationLoader.load(ConfigurationSources(mainFile: nil, dropInDirectory: nil)).get().isMissing)
    try directory.makeDirectory("conf.d")
    #expect(try ConfigurationLoader.load(sources).get().isMissing)
    try directory.write("<load-balancer/>", to: "lbd.xml")
    #expect(try !ConfigurationLoader.load(sources).get().isMissing)
  }

  @Test func dropInsFollowInByteOrder() throws {
    try directory.makeDirectory("conf.d")
    for name in ["b.xml", "B.xml", "10.xml", "9.xml", "ä.xml", ".hidden.xml", "a.xml~", "a.xml.bak", "README", ".xml"] {
      try directory.write(name.hasSuffix("l") ? "<load-balancer/>" : "no XML", to: "conf.d/\(name)")
    }
    let dropIns = ["conf.d/10.xml", "conf.d/9.xml", "conf.d/B.xml", "conf.d/b.xml", "conf.d/ä.xml"]
    #expect(try names(ConfigurationLoader.load(sources).get()) == dropIns)
    try directory.write("<load-balancer/>", to: "lbd.xml")
    #expect(try names(ConfigurationLoader.load(sources).get()) == ["lbd.xml"] + dropIns)
  }

  @Test func dropInsThatCannotBeReadAreNotPassedOver() throws {
    try directory.makeDirectory("conf.d")
    try directory.write("<load-balancer/>", to: "conf.d/a.xml")
    #expect(unsafe symlink("/nowhere", "\(directory.path)/conf.d/b.xml") == 0)
    var name = Array("\(directory.path)/conf.d/c".utf8CString.dropLast()) + [CChar(bitPattern: 0xFC)]
    name += Array(".xml".utf8CString)
    #expect(unsafe close(creat(name, 0o600)) == 0)
    let problems = try failure(sources)
    #expect(problems.contains { $0.message.contains("no UTF-8") })
    #expect(problems.contains { $0.file.hasSuffix("b.xml") && $0.message.contains("No such file") })
    #expect(unsafe symlink("/nowhere", "\(directory.path)/lbd.xml") == 0)
    #expect(try failure(sources).contains { $0.file.hasSuffix("lbd.xml") })
    let nowhere = ConfigurationSources(mainFile: nil, dropInDirectory: directory.path + "/lbd.xml")
    #expect(try failure(nowhere).count == 1)
  }

  @Test func filesAreKeptAsRead() throws {
    let bytes = Array("\u{FEFF}<load-balancer/>\r\n<!-- \u{E4} -->".utf8)
    try directory.write(bytes, to: "lbd.xml")
    let files = try ConfigurationLoader.load(sources).get().files
    #expect(files.map(\.bytes) == [bytes])
    #expect(files.allSatisfy { $0.readAt > 1_700_000_000 })
  }

  @Test func errorsOfAllFilesComeTogether() throws {
    try directory.makeDirectory("conf.d")
    try directory.write("<load-balancer>\n<globl/></load-balancer>", to: "lbd.xml")
    try directory.write("<load-balancer", to: "conf.d/a.xml")
    let problems = try failure(sources)
    #expect(problems.map(\.line) == [2, 1])
    #expect(problems.map(\.file) == [directory.path + "/lbd.xml", directory.path + "/conf.d/a.xml"])
    #expect("\(problems[0])".hasPrefix("\(directory.path)/lbd.xml:2: load-balancer: unknown element <globl>"))
  }

  @Test func whatIsNoFileIsNamed() throws {
    try directory.makeDirectory("conf.d/sub.xml")
    try directory.makeDirectory("lbd.xml")
    let problems = try failure(sources)
    #expect(problems.count == 2)
    #expect(problems.allSatisfy { $0.line == nil && $0.message.contains("which is no regular file") })
    let asDirectory = ConfigurationSources(mainFile: nil, dropInDirectory: "/proc/self/maps")
    #expect(try failure(asDirectory).first?.message.contains("ENOTDIR") == true)
  }

  @Test func hugeFilesAreNotEvenRead() throws {
    try directory.write([UInt8](repeating: 0x20, count: (16 << 20) + 1), to: "lbd.xml")
    let problems = try failure(sources)
    #expect(problems.count == 1)
    #expect(problems[0].message.contains("EFBIG"))
    #expect(problems[0].message.hasSuffix("at most 16 MiB are allowed"))
  }
}

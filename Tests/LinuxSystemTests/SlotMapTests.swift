import TestSupport
import Testing

@testable import LinuxSystem

@Suite struct SlotMapTests {
  @Test func givesBackWhatWasPutIn() {
    var map = SlotMap<String>()
    let (one, two) = (map.insert("one"), map.insert("two"))
    #expect(map[one] == "one" && map[two] == "two" && map.count == 2)
    map.replace(one, by: "1")
    #expect(map.remove(one) == "1")
    #expect(map[one] == nil && map.remove(one) == nil && map.count == 1)
    #expect(Array(map.values) == ["two"])
  }

  @Test func aNumberThatIsGoneFindsNothingInItsPlace() {
    var map = SlotMap<String>()
    let old = map.insert("old")
    map.remove(old)
    map.replace(old, by: "stale")
    let new = map.insert("new")
    #expect(map[old] == nil && map[new] == "new")
    map.replace(old, by: "stale")
    #expect(map.remove(old) == nil && map[new] == "new")
    #expect(map[0] == nil && map[.max] == nil)
  }

  @Test func holdsNothingThatWasTakenOut() {
    var map = SlotMap<Object>()
    weak var object: Object?
    do {
      let new = Object()
      object = new
      map.remove(map.insert(new))
    }
    #expect(object == nil && map.isEmpty)
  }

  @Test(arguments: [1, 7, 42] as [UInt64]) func isLikeADictionaryWhoseKeysGrow(seed: UInt64) {
    var random = SplitMix64(state: seed)
    var map = SlotMap<Int>()
    var expected: [UInt64: Int] = [:]
    var last: UInt64 = 0
    for value in 0..<1000 {
      if Bool.random(using: &random), let number = expected.keys.sorted().randomElement(using: &random) {
        #expect(map.remove(number) == expected.removeValue(forKey: number))
      } else {
        let number = map.insert(value)
        #expect(number > last)
        (expected[number], last) = (value, number)
      }
    }
    #expect(map.count == expected.count)
    #expect(map.values.sorted() == expected.values.sorted())
    for (number, value) in expected { #expect(map[number] == value) }
  }

  private final class Object {}
}

import Interfaces
import Testing

@testable import Director

@Suite struct MarkAssignmentTests {
  @Test func marksStayWithTheirServices() {
    var marks = MarkAssignment()
    marks.assign(to: ["a", "b"], keeping: ["a", "b"], base: 100) { _ in false }
    #expect(marks.marks == ["a": 100, "b": 101])
    marks.assign(to: ["c", "b"], keeping: ["c", "b"], base: 100) { _ in false }
    #expect(marks.marks == ["b": 101, "c": 100])
  }

  @Test func aServiceThatNeedsNoMarkForAWhileKeepsIt() {
    var marks = MarkAssignment(marks: ["a": 100])
    marks.assign(to: ["b"], keeping: ["a", "b"], base: 100) { _ in false }
    #expect(marks.marks == ["a": 100, "b": 101])
  }

  @Test func marksOfOthersAreLeftOut() {
    var marks = MarkAssignment(marks: ["a": 100])
    marks.assign(to: ["a", "b"], keeping: ["a", "b"], base: 100) { $0 == 100 || $0 == 102 }
    #expect(marks.marks == ["a": 101, "b": 103])
  }

  @Test func marksEndWhereTheKernelsEnd() {
    var marks = MarkAssignment()
    marks.assign(to: ["a"], keeping: ["a"], base: 0xFFFF_0000) { $0 != .max }
    #expect(marks.marks == ["a": .max])
  }

  @Test(arguments: [
    RoutingMark(value: 0x4C42_0000, mask: 0xFFFF_0000), RoutingMark(value: 0x4000_0000, mask: 0x4000_0000),
    RoutingMark(value: 0, mask: 0x1_0000),
  ])
  func whereARuleTakesAllMarksOthersAreGivenAndStay(rule: RoutingMark) throws {
    var marks = MarkAssignment()
    for _ in 0..<3 {
      marks.assign(to: ["a", "b"], keeping: ["a", "b"], base: MarkAssignment.defaultBase) {
        rule.matches($0) || $0 == 1
      }
    }
    #expect(Set(marks.marks.values).count == 2 && !marks.marks.values.contains(where: rule.matches))
    #expect(marks.former == nil)
    marks.assign(to: ["a", "b"], keeping: ["a", "b"], base: 500) { _ in false }
    #expect(marks.marks.values.allSatisfy { $0 >= 500 })
  }

  @Test func whereNoMarkIsLeftThoseFromTheBaseOnAreGivenAndStay() {
    var marks = MarkAssignment()
    for _ in 0..<3 { marks.assign(to: ["a", "b"], keeping: ["a", "b"], base: 100) { _ in true } }
    #expect(marks.marks == ["a": 100, "b": 101] && marks.former == nil)
  }

  @Test func anotherBaseGivesOtherMarks() {
    var marks = MarkAssignment(marks: ["a": 100])
    marks.assign(to: ["a"], keeping: ["a"], base: 500) { _ in false }
    #expect(marks.marks == ["a": 500])
  }

  @Test func aFormerMarkIsKnownAndGivenToNobodyElse() {
    var marks = MarkAssignment(marks: ["a": 100])
    marks.assign(to: ["a"], keeping: ["a"], base: 500) { _ in false }
    marks.assign(to: ["a", "b"], keeping: ["a", "b"], base: 100) { _ in false }
    #expect(marks.marks == ["a": 500, "b": 101])
    marks.rename("a", to: "c")
    #expect([100, 500, 101, 102].map { marks.label(of: $0) } == ["c", "c", "b", nil])
    marks.assign(to: ["b"], keeping: ["b"], base: 100) { _ in false }
    #expect(marks.label(of: 100) == nil)
  }
}

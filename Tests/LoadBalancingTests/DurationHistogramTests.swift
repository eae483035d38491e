import LoadBalancing
import Testing

@Suite struct DurationHistogramTests {
  @Test func countsWhatTookNoLongerThanEachBound() {
    var histogram = DurationHistogram()
    for milliseconds in [0, 1, 2, 60, 10_000, 10_001, 90_000] { histogram.add(.milliseconds(milliseconds)) }
    #expect(histogram.cumulative == [2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 5])
    #expect(histogram.count == 7)
    #expect(histogram.sum == .milliseconds(110_064))
    #expect(DurationHistogram.bounds == DurationHistogram.bounds.sorted())
  }
}

import LoadBalancing
import Testing

@testable import LBDaemon

@Suite struct MetricFamilyTests {
  @Test func labelsAreEscapedAndNumbersAreShort() {
    var family = MetricFamily("lbd_x_total", .counter, "Xs.")
    #expect(family.text == "")
    family.add(1, [("a", "b"), ("c", "say \"hi\\\"\nthere")])
    family.add(0.25)
    family.add(Double(UInt64.max))
    #expect(
      family.text == """
        # HELP lbd_x_total Xs.
        # TYPE lbd_x_total counter
        lbd_x_total{a="b",c="say \\"hi\\\\\\"\\nthere"} 1
        lbd_x_total 0.25
        lbd_x_total 1.8446744073709552e+19

        """)
  }

  @Test func histogramsAreCumulative() {
    var histogram = DurationHistogram()
    for milliseconds in [2, 400, 20_000] { histogram.add(.milliseconds(milliseconds)) }
    #expect(
      MetricFamily("lbd_y_seconds", "Ys.", histogram).text == """
        # HELP lbd_y_seconds Ys.
        # TYPE lbd_y_seconds histogram
        lbd_y_seconds_bucket{le="0.001"} 0
        lbd_y_seconds_bucket{le="0.0025"} 1
        lbd_y_seconds_bucket{le="0.005"} 1
        lbd_y_seconds_bucket{le="0.01"} 1
        lbd_y_seconds_bucket{le="0.025"} 1
        lbd_y_seconds_bucket{le="0.05"} 1
        lbd_y_seconds_bucket{le="0.1"} 1
        lbd_y_seconds_bucket{le="0.25"} 1
        lbd_y_seconds_bucket{le="0.5"} 2
        lbd_y_seconds_bucket{le="1"} 2
        lbd_y_seconds_bucket{le="2.5"} 2
        lbd_y_seconds_bucket{le="5"} 2
        lbd_y_seconds_bucket{le="10"} 2
        lbd_y_seconds_bucket{le="+Inf"} 3
        lbd_y_seconds_sum 20.402
        lbd_y_seconds_count 3

        """)
  }
}

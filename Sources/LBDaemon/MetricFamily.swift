import LoadBalancing

/// A metric with its samples, in Prometheus' text format.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4.
struct MetricFamily {
  enum Kind: String { case counter, gauge, histogram }

  /// Names of labels with their values.
  typealias Labels = [(name: String, value: String)]

  private let name: String
  private let kind: Kind
  private let help: String
  private var lines: [String] = []

  init(_ name: String, _ kind: Kind, _ help: String) {
    self.name = name
    self.kind = kind
    self.help = help
  }

  /// With one sample for each of some things.
  init<Thing>(
    _ name: String, _ kind: Kind, _ help: String, _ things: some Sequence<Thing>,
    _ sample: (Thing) -> (labels: Labels, value: Double)
  ) {
    self.init(name, kind, help)
    for thing in things {
      let (labels, value) = sample(thing)
      add(value, labels)
    }
  }

  /// With one sample.
  init(_ name: String, _ kind: Kind, _ help: String, _ value: Double, _ labels: Labels = []) {
    self.init(name, kind, help)
    add(value, labels)
  }

  init(_ name: String, _ help: String, _ histogram: DurationHistogram) {
    self.init(name, .histogram, help)
    for (bound, count) in zip(DurationHistogram.bounds, histogram.cumulative) {
      add(Double(count), [("le", Self.text(bound.seconds))], suffix: "_bucket")
    }
    add(Double(histogram.count), [("le", "+Inf")], suffix: "_bucket")
    add(histogram.sum.seconds, suffix: "_sum")
    add(Double(histogram.count), suffix: "_count")
  }

  mutating func add(_ value: Double, _ labels: Labels = [], suffix: String = "") {
    lines.append("\(name)\(suffix)\(Self.text(labels)) \(Self.text(value))\n")
  }

  /// Nothing without samples.
  var text: String {
    lines.isEmpty ? "" : "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n" + lines.joined()
  }

  private static func text(_ labels: Labels) -> String {
    labels.isEmpty ? "" : "{\(labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ","))}"
  }

  private static func escaped(_ value: String) -> String {
    guard value.contains(where: { $0 == "\\" || $0 == "\"" || $0.isNewline }) else { return value }
    return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  /// Without a fraction where there is none; far below the integers that a Double cannot tell apart.
  private static func text(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}

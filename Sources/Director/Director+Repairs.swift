extension Director {
  /// More events of one kind in one turn tell nothing new.
  private static let toldMax = 20

  /// Counts repairs and tells of them, but no more of those that are contested: once that they are.
  func tell(repairs: [KernelChange]) {
    status.repairs += repairs.count
    let news = repairs.filter { !course.contest.isNamed($0) }
    for change in news.prefix(Self.toldMax) {
      events.add(
        .repair, .warning, "somebody changed the kernel; mended: \(change)", service: course.model.label(of: change))
    }
    if news.count > Self.toldMax {
      events.add(
        .repair, .warning, "somebody changed the kernel; mended \(news.count - Self.toldMax) more things of the kind")
    }
    let contested = course.mended(repairs)
    guard !contested.isEmpty else { return }
    for change in contested.prefix(Self.toldMax) {
      events.add(.warning, .warning, Self.words(contested: change), service: course.model.label(of: change))
    }
    tellContested()
  }

  /// Tells what nobody contests any more.
  func tellSettled(_ changes: [KernelChange]) {
    guard !changes.isEmpty else { return }
    for change in changes.prefix(Self.toldMax) {
      events.add(
        .repair, .information, "nobody undoes it any more: \(change)", service: course.model.label(of: change))
    }
    tellContested()
  }

  private func tellContested() {
    let named = course.contest.named
    status.contested = named.count
    let words = named.map(Self.words).sorted()
    status.contestWarnings = Array(words.prefix(Self.toldMax))
  }

  private static func words(contested change: KernelChange) -> String {
    "somebody fights lbd and undoes it again and again: \(change); find out who (\(change.suspects)) and stop one of "
      + "the two. lbd mends it ever more slowly"
  }
}

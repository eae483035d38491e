/// Values under numbers that are never given twice, found without hashing: a number says where its value lies.
///
/// For references and other small values: what is read is copied.
public struct SlotMap<Value> {
  @usableFromInline
  struct Slot {
    /// Of the value that lies here; 0: none does.
    @usableFromInline var number: UInt64
    @usableFromInline var value: Value?

    @usableFromInline
    init(number: UInt64, value: Value?) {
      self.number = number
      self.value = value
    }
  }

  @usableFromInline var slots: [Slot] = []
  @usableFromInline var free: [Int] = []
  @usableFromInline var lastSerial: UInt64 = 0

  /// A number is a serial of 44 bits, enough for ten thousand values a second over 55 years, and the place in 20.
  @usableFromInline static var placeBits: UInt64 { 20 }

  public init() {}

  @inlinable public var count: Int { slots.count - free.count }

  @inlinable public var isEmpty: Bool { count == 0 }

  /// In no order.
  @inlinable public var values: some Sequence<Value> { slots.lazy.compactMap(\.value) }

  /// - Returns: the value's number, greater than all before and never 0.
  @inlinable
  public mutating func insert(_ value: Value) -> UInt64 {
    lastSerial += 1
    let place = free.popLast() ?? slots.count
    let number = lastSerial << Self.placeBits | UInt64(place)
    if place < slots.count {
      slots[place] = Slot(number: number, value: value)
    } else {
      precondition(place < 1 << Self.placeBits, "no place for more values")
      slots.append(Slot(number: number, value: value))
    }
    return number
  }

  @inlinable
  public subscript(_ number: UInt64) -> Value? { place(of: number).flatMap { slots[$0].value } }

  /// Puts another value in the place of one that is there.
  @inlinable
  public mutating func replace(_ number: UInt64, by value: Value) {
    if let place = place(of: number) { slots[place].value = value }
  }

  @inlinable
  @discardableResult
  public mutating func remove(_ number: UInt64) -> Value? {
    guard let place = place(of: number) else { return nil }
    free.append(place)
    let value = slots[place].value
    slots[place] = Slot(number: 0, value: nil)
    return value
  }

  @inlinable
  func place(of number: UInt64) -> Int? {
    let place = Int(truncatingIfNeeded: number & (1 << Self.placeBits - 1))
    return number != 0 && place < slots.count && slots[place].number == number ? place : nil
  }
}

extension SlotMap: Sendable where Value: Sendable {}
extension SlotMap.Slot: Sendable where Value: Sendable {}

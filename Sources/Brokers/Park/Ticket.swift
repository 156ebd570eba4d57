/// Names a parked connection: its place, and a serial that no other connection ever has, so that
/// an old ticket cannot mean who came to the place later. Written `3.17`.
public struct Ticket: Hashable, Sendable, CustomStringConvertible {
  let place: UInt32
  let serial: UInt32

  init(place: UInt32, serial: UInt32) {
    self.place = place
    self.serial = serial
  }

  /// Reads what `description` wrote.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let place = UInt32(parts[0]), let serial = UInt32(parts[1]) else {
      return nil
    }
    self.init(place: place, serial: serial)
  }

  /// The place and the serial.
  public var description: String { "\(place).\(serial)" }
}

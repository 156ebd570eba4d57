/// From when to when a number of a process stood for one open file, as far as the session saw it.
public struct DescriptorLife: Sendable, Hashable {
  /// The event that gave the number this meaning, or showed it first.
  public var opened: Int
  /// The event since which the number is free, or stands for something else; nil while neither
  /// was seen.
  public var closed: Int?

  /// Makes a life.
  public init(opened: Int, closed: Int? = nil) {
    self.opened = opened
    self.closed = closed
  }
}

extension Timeline {
  /// How many later changes of a row are looked through for one that gave its number to another
  /// file without freeing it first.
  private static let replacementLimit = 64

  /// The life of what a number stands for just after an event; nil when the number is free then,
  /// or what happened to it is forgotten.
  public func life(of holder: DescriptorHolder, at sequence: Int) -> DescriptorLife? {
    guard let opened = birth(of: holder, at: sequence) else { return nil }
    let closing = rows.firstClosing(of: holder, after: sequence)
    let later = rows.changes(of: holder, after: sequence, before: closing ?? .max)
    let replaced = later.prefix(Self.replacementLimit).first {
      self[$0]?.installs(holder.fd, in: holder.pid) ?? false
    }
    return DescriptorLife(opened: opened, closed: replaced ?? closing)
  }
}

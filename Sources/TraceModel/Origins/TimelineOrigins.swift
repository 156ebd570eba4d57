/// Finding origins at any moment. They are worked out when they are asked for, from the event in
/// which a number became what it is.
extension Timeline {
  /// Where the descriptor comes from that a number stands for just after an event; nil when the
  /// number is free then, or what happened to it is forgotten.
  public func origin(of holder: DescriptorHolder, at sequence: Int) -> Origin? {
    guard let birth = birth(of: holder, at: sequence), let event = self[birth] else { return nil }
    let arrival =
      holder.pid == event.pid
      ? Origin.Arrival(of: holder.fd, in: event, installed: event.installed) : .first(.opened)
    switch arrival {
    case .first(let beginning):
      if beginning == .opened, let twin = twin(of: holder, bornAt: birth) {
        return origin(of: twin, at: birth)
      }
      return Origin(holder: holder, beginning: beginning, event: birth)
    case .duplicate(let source):
      return origin(of: DescriptorHolder(pid: holder.pid, fd: source), at: birth)
    case .received:
      let pairs = transfers(of: birth).filter { $0.receive == birth }.flatMap(\.descriptors)
      return pairs.last { $0.received == holder.fd }?.origin
        ?? Origin(holder: holder, beginning: .received, event: birth)
    case .inherited(let parent):
      let parent = DescriptorHolder(pid: parent, fd: holder.fd)
      guard process(parent.pid) != nil else {
        return Origin(holder: holder, beginning: .held, event: birth)
      }
      return Origin.inherited(
        origin(of: parent, at: birth), of: parent, by: holder.pid, in: event)
    }
  }

  /// How many changes of a row are looked through for one that gave its number another meaning.
  private static let lookLimit = 64

  /// The event that gave a number the meaning it has just after another event.
  func birth(of holder: DescriptorHolder, at sequence: Int) -> Int? {
    let changes = rows.changesSinceOpening(of: holder, upTo: sequence)
    let renewed = changes.suffix(Self.lookLimit).last {
      self[$0]?.installs(holder.fd, in: holder.pid) ?? false
    }
    return renewed ?? changes.first
  }

  /// An older number of the same process for the same open file.
  private func twin(of holder: DescriptorHolder, bornAt birth: Int) -> DescriptorHolder? {
    guard let table = tables(at: birth)[holder.pid],
      let description = table[holder.fd]?.description
    else { return nil }
    return table.rows.lazy.filter { $0.description == description && $0.fd != holder.fd }
      .map { DescriptorHolder(pid: holder.pid, fd: $0.fd) }
      .first { self.birth(of: $0, at: birth) ?? .max < birth }
  }
}

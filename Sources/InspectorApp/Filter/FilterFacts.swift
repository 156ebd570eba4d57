import TraceModel

/// What filters ask about an event.
extension Timeline {
  /// Whether an event meets a condition that a glance is enough for.
  func meets(_ condition: FilterCondition, _ glance: EventGlance) -> Bool {
    switch condition {
    case .process(let pattern):
      return glance.pid != 0
        && (pattern.matches(glance.comm) || pattern.matches(String(glance.pid))
          || process(glance.pid).map { pattern.matches($0.label) } ?? false
          || pattern.matches(name(of: glance.pid)))
    case .call(let pattern): return glance.call.map { pattern.matches($0) } ?? false
    case .result(let pattern):
      return [glance.error, glance.result.map { String($0) }].contains {
        $0.map { pattern.matches($0) } ?? false
      }
    case .after(let time): return glance.time >= time
    case .before(let time): return glance.time < time
    case .line, .kind, .descriptor, .type, .file, .finding, .severity: return false
    }
  }

  /// Whether an event meets a condition about the event alone.
  func meets(_ condition: FilterCondition, _ event: TraceEvent) -> Bool {
    switch condition {
    case .type, .file: meets(condition, facts(of: event), event.addresses)
    default: meets(condition, EventGlance(event))
    }
  }

  /// Whether an event meets a condition about its descriptors that a glance at them is enough for.
  func meets(
    _ condition: FilterCondition, _ glance: DescriptorGlance, at sequence: Int
  ) -> Bool {
    let rows = facts(glance.passed, glance.numbers, glance.changes, pid: glance.pid, at: sequence)
    return meets(condition, rows, glance.addresses)
  }

  private func meets(
    _ condition: FilterCondition, _ rows: [DescriptorFacts], _ addresses: [String]
  ) -> Bool {
    switch condition {
    case .type(let pattern):
      return rows.contains { $0.typeNames.contains { pattern.matches($0) } }
    case .file(let pattern):
      return rows.contains { row in
        let names = [row.target, row.internet, row.socket?.path].compactMap { $0 }
        return names.contains { pattern.isPart(of: $0) }
      } || addresses.contains { pattern.isPart(of: $0) }
    default: return false
    }
  }

  /// What is known of the descriptors that an event uses, makes or passes.
  func facts(of event: TraceEvent) -> [DescriptorFacts] {
    facts(
      event.message?.descriptors ?? [], event.descriptorNumbers, event.changes, pid: event.pid,
      at: event.sequence)
  }

  /// What was passed, and what else is known of these numbers.
  private func facts(
    _ passed: [DescriptorFacts], _ numbers: [Int32], _ changes: [DescriptorChange], pid: Int32,
    at sequence: Int
  ) -> [DescriptorFacts] {
    var rows = passed
    for number in numbers where !rows.contains(where: { $0.fd == number }) {
      let change = changes.last { $0.pid == pid && $0.fd == number }
      let before = DescriptorHolder(pid: pid, fd: number)
      if let row = change?.now ?? facts(of: before, at: sequence - 1) { rows.append(row) }
    }
    return rows
  }
}

extension TraceEvent {
  /// The numbers in its process's table that an event uses, makes or passes.
  var descriptorNumbers: [Int32] {
    switch body {
    case .call(let call): (call.fd.map { [$0] } ?? []) + call.created
    case .send(let message), .receive(let message):
      [message.socket.fd] + message.descriptorNumbers
    default: []
    }
  }

  /// The names of sockets that it has to do with.
  var addresses: [String] {
    switch body {
    case .call(let call):
      [call.address, call.socket?.path, call.arguments.first].compactMap(\.self)
    case .send(let message), .receive(let message):
      [message.address, message.socket.path].compactMap(\.self)
    default: []
    }
  }
}

extension DescriptorFacts {
  /// What a user may call the type of the file: the kernel's words, and the one of JSON.
  var typeNames: [String] {
    var names = [kind.rawValue]
    if target.hasPrefix("/memfd:") { names.append("memfd") }
    if target.hasPrefix("/dev/pts/") || target.hasPrefix("/dev/tty") { names.append("tty") }
    if target.hasPrefix("anon_inode:") {
      names.append(String(target.dropFirst("anon_inode:".count).filter { $0 != "[" && $0 != "]" }))
    } else if !target.hasPrefix("/"), let colon = target.firstIndex(of: ":") {
      // `pipe:[8123]`, `socket:[70112]`, `mnt:[4026531841]`.
      names.append(String(target[..<colon]))
    }
    switch kind {
    case .regular: names.append("file")
    case .directory: names.append("directory")
    default: break
    }
    if let socket, socket.type != .unknown { names.append(socket.type.rawValue) }
    return names
  }
}

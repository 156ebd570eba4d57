/// Who may listen where: the first rule that fits decides, and where none does nobody may.
struct PortRules: Hashable, Sendable {
  /// One line of the file. All that it names must fit; of several users, groups, ports or
  /// addresses one.
  struct Rule: Hashable, Sendable {
    var line: Int
    /// The line as it was written, without comment.
    var text: String
    var allows: Bool
    var users: Set<UInt32> = []
    var groups: Set<UInt32> = []
    /// Nil for both.
    var kind: PortProtocol?
    var ports: [ClosedRange<UInt16>] = []
    var hosts: Set<HostAddress> = []

    func fits(_ asker: PortAsker, _ endpoint: Endpoint) -> Bool {
      (users.isEmpty || users.contains(asker.user))
        && (groups.isEmpty || !groups.isDisjoint(with: asker.groups))
        && (kind == nil || kind == endpoint.kind && ports.contains { $0.contains(endpoint.port) })
        && (hosts.isEmpty || hosts.contains(endpoint.host))
    }
  }

  var rules: [Rule] = []

  /// The rule that decides, if there is one.
  func first(for asker: PortAsker, _ endpoint: Endpoint) -> Rule? {
    rules.first { $0.fits(asker, endpoint) }
  }
}

/// Who asks for a port, by the kernel's word.
struct PortAsker: Hashable, Sendable {
  var user: UInt32
  var groups: Set<UInt32>
}

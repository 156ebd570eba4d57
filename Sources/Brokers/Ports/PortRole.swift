public import FDPassing
public import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Makes listening sockets for those whom the rules allow, also on ports that they could not take
/// themselves. One request: `port protocol=tcp address=127.0.0.1:80`.
public final class PortRole: BrokerRole {
  private let file: FilePath
  private var rules: PortRules
  private let log: (String) -> Void

  /// Each answer that grants something.
  public var passesDescriptors: Bool { true }

  /// Reads the rules.
  ///
  /// - Parameters:
  ///   - file: Where they stand.
  ///   - log: Takes a line for each socket passed, and for each reading of the rules.
  /// - Throws: `BrokerError.badRules` with line and column of a mistake, or what else is wrong with
  ///   the file.
  public init(rules file: FilePath, log: @escaping (String) -> Void) throws(BrokerError) {
    self.file = file
    self.log = log
    rules = try Self.read(file)
  }

  private static func read(_ path: FilePath) throws(BrokerError) -> PortRules {
    let text = try RulesFile.read(path)
    do throws(PortRulesError) { return try PortRulesParser.parse(text) } catch {
      throw .badRules("\(path):\(error)")
    }
  }

  /// Reads the rules again; wrong ones change nothing.
  public func reload() {
    do throws(BrokerError) {
      rules = try Self.read(file)
      log("Read \(rules.rules.count) rules from \(file).")
    } catch { log("\(error) The rules read before stay in force.") }
  }

  /// Decides by the rules, and makes the socket.
  public func answer(
    _ request: Request, descriptors: inout DescriptorBatch, from peer: ConnectedPeer
  ) throws(Refusal) -> Answer? {
    let endpoint = try Self.endpoint(request)
    let asker = PortAsker(user: peer.credentials.uid, groups: peer.groups)
    let rule = try decide(asker, endpoint)
    let socket: OwnedDescriptor
    do throws(Errno) { socket = try PortSocket.open(endpoint) } catch {
      throw Refusal("The rules allow it, but \(endpoint) cannot be opened: \(error).")
    }
    let port = PortSocket.boundPort(of: socket) ?? endpoint.port
    let bound = Endpoint(endpoint.kind, endpoint.host, port)
    log("\(peer.name): passed \(bound), by line \(rule.line): \(rule.text)")
    return Answer(
      .ok(
        ["protocol": bound.kind.rawValue, "address": bound.address, "rule": "\(rule.line)"],
        because: "Line \(rule.line) of the rules allows it: \(rule.text)"),
      passing: socket)
  }

  private func decide(_ asker: PortAsker, _ endpoint: Endpoint) throws(Refusal) -> PortRules.Rule {
    guard let rule = rules.first(for: asker, endpoint) else {
      throw Refusal(
        "No rule is about user \(asker.user) and \(endpoint), so it is not allowed.")
    }
    guard rule.allows else {
      throw Refusal("Line \(rule.line) of the rules forbids \(endpoint): \(rule.text)")
    }
    return rule
  }

  private static func endpoint(_ request: Request) throws(Refusal) -> Endpoint {
    guard request.verb == "port" else {
      throw Refusal("This server passes ports; it knows the verb port and not \(request.verb).")
    }
    if let key = request.fields.unknownKey(besides: ["protocol", "address"]) {
      throw Refusal("A request for a port has no field \(key).")
    }
    guard let kind = PortProtocol(rawValue: request.fields["protocol"] ?? "tcp") else {
      throw Refusal("The protocol must be tcp or udp.")
    }
    guard let endpoint = request.fields["address"].flatMap({ Endpoint(kind, $0) }) else {
      throw Refusal("The address must be such as 127.0.0.1:80 or [::1]:80, with numbers alone.")
    }
    return endpoint
  }
}

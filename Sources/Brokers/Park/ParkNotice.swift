/// What a park tells a server without being asked.
public enum ParkNotice: Hashable, Sendable {
  /// A connection has something to read; it comes with this. `ParkConnection.take` must be told
  /// before a byte is read.
  case back(Ticket, token: [UInt8])
  /// A connection ended while it was parked.
  case gone(Ticket, token: [UInt8], ConnectionEnd)

  /// The notice as a message; nil when it is another one.
  init?(_ request: Request) {
    guard let ticket = request.fields["id"].flatMap(Ticket.init) else { return nil }
    let token = request.fields.bytes("token") ?? []
    switch request.verb {
    case "back": self = .back(ticket, token: token)
    case "gone":
      let why = request.fields["why"].flatMap(ConnectionEnd.init) ?? .closed
      self = .gone(ticket, token: token, why)
    default: return nil
    }
  }

  /// The message.
  var request: Request {
    switch self {
    case .back(let ticket, let token): request("back", ticket, token)
    case .gone(let ticket, let token, let why): request("gone", ticket, token, why)
    }
  }

  private func request(
    _ verb: String, _ ticket: Ticket, _ token: [UInt8], _ why: ConnectionEnd? = nil
  ) -> Request {
    var fields: Fields = ["id": "\(ticket)"]
    fields.set("token", to: token)
    if let why { fields["why"] = why.rawValue }
    return Request(verb, fields)
  }
}

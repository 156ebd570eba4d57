/// What one user, and all together, may use of a service.
public struct ServiceLimits: Sendable {
  /// Connections of one user at the same time.
  public var connectionsPerUser = 32
  /// Connections of all users at the same time.
  public var connections = 256
  /// How long a client may be connected and ask for nothing.
  public var silence = Duration.seconds(10)

  /// The usual limits.
  public init() {}
}

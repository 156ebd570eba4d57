public import FDPassing

/// How this process was started by a service manager: all of it is nothing when a user did.
public struct Activation: ~Copyable {
  /// A socket that listens already.
  public var listener: OwnedDescriptor?
  /// What an earlier park kept.
  public var kept = KeptConnections()
  /// Whom to tell that the service is ready.
  public let manager: ServiceManager?

  /// Takes what the process was started with. Once; see `InheritedDescriptors.take`.
  ///
  /// - Throws: `BrokerError` when it makes no sense.
  public static func take() throws(BrokerError) -> Activation {
    var activation = Activation(manager: try ServiceManager.fromEnvironment())
    var inherited = InheritedDescriptors.take()
    var hasListener = false
    while let one = inherited.next() {
      guard let listener = try activation.kept.add(one) else { continue }
      if hasListener { throw .unexpectedInheritance("more than one socket") }
      hasListener = true
      activation.listener = consume listener
    }
    return activation
  }

  private init(manager: ServiceManager?) { self.manager = manager }
}

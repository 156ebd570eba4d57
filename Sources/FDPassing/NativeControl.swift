import ControlMessages

#if os(Linux)
  /// Control buffers of this system.
  enum NativeControl {
    /// Writes the control messages of one send.
    static func encode(rights: [Int32], credentials: SocketCredentials?) -> [UInt8] {
      var messages: [ControlMessage] = []
      if !rights.isEmpty { messages.append(.rights(rights)) }
      if let credentials { messages.append(.credentials(credentials)) }
      return messages.isEmpty ? [] : ControlBuffer.encode(messages)
    }

    /// Reads what a receive wrote.
    static func decode(_ bytes: [UInt8]) -> [ControlMessage] {
      ControlBuffer.decode(bytes).messages
    }

    /// The room for exactly these messages, which the kernel writes in this order: credentials,
    /// rights, pid descriptor.
    ///
    /// The last one gets its length without padding: in the padding after an odd number of
    /// descriptors the kernel would see the room for one more.
    static func room(descriptors: Int, reports: UnixSocket.SenderReports) -> Int {
      var payloads: [Int] = []
      if reports.contains(.credentials) { payloads.append(SocketCredentials.byteCount) }
      if descriptors > 0 {
        payloads.append(4 * min(descriptors, ControlBuffer.maximumDescriptors))
      }
      if reports.contains(.pidDescriptor) { payloads.append(4) }
      guard let last = payloads.popLast() else { return 0 }
      return payloads.reduce(ControlABI.native.length(payload: last)) {
        $0 + ControlABI.native.space(payload: $1)
      }
    }
  }
#endif

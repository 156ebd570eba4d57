import CVTerm

/// The functions by which libvterm reports to its ``TerminalEmulator``.
///
/// Each gets the emulator as its user pointer, which outlives the terminal it owns.
@safe
enum EmulatorCallbacks {
  /// libvterm keeps the pointer, so the table lives as long as the program.
  nonisolated(unsafe) static let table: UnsafePointer<VTermScreenCallbacks> = {
    let table = UnsafeMutablePointer<VTermScreenCallbacks>.allocate(capacity: 1)
    var callbacks = VTermScreenCallbacks()
    unsafe callbacks.settermprop = setProperty
    unsafe callbacks.sb_pushline = pushLine
    unsafe callbacks.sb_popline = popLine
    unsafe table.initialize(to: callbacks)
    return unsafe UnsafePointer(table)
  }()

  static let output: @convention(c) (UnsafePointer<CChar>?, Int, UnsafeMutableRawPointer?) -> Void =
    { bytes, count, user in
      let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
      unsafe emulator(user)?.didSend(Array(buffer))
    }

  private static let pushLine:
    @convention(c) (Int32, UnsafePointer<VTermScreenCell>?, UnsafeMutableRawPointer?) -> Int32 =
      { columns, cells, user in
        let buffer = unsafe UnsafeBufferPointer(start: cells, count: Int(columns))
        unsafe emulator(user)?.didScrollAway(Array(buffer))
        return 1
      }

  private static let popLine:
    @convention(c) (Int32, UnsafeMutablePointer<VTermScreenCell>?, UnsafeMutableRawPointer?)
      -> Int32 = { columns, cells, user in
        guard let line = unsafe emulator(user)?.takeScrolledAway(columns: Int(columns)) else {
          return 0
        }
        let buffer = unsafe UnsafeMutableBufferPointer(start: cells, count: Int(columns))
        for (index, cell) in line.enumerated() { unsafe buffer[index] = cell }
        return 1
      }

  private static let setProperty:
    @convention(c) (
      VTermProp, UnsafeMutablePointer<VTermValue>?, UnsafeMutableRawPointer?
    ) -> Int32 = { property, value, user in
      if let value = unsafe value { unsafe emulator(user)?.didSet(property, value.pointee) }
      return 1
    }

  private static func emulator(_ user: UnsafeMutableRawPointer?) -> TerminalEmulator? {
    guard let user = unsafe user else { return nil }
    return unsafe Unmanaged<TerminalEmulator>.fromOpaque(user).takeUnretainedValue()
  }
}

/// The layout of `struct cmsghdr` for a process of one word size.
///
/// The header is a length the size of a word, then two 32-bit integers (level and type). Every
/// record starts on a word boundary. A 64-bit kernel reads the buffers of 32-bit processes with
/// their own layout (`net/compat.c`), so an inspector must know both.
///
/// Source: cmsg(3), `include/linux/socket.h`, `net/compat.c`.
public enum ControlABI: Sendable, Hashable, CaseIterable {
  /// A 64-bit process: header of 16 bytes, records on multiples of 8.
  case bits64
  /// A 32-bit process (i386, x32): header of 12 bytes, records on multiples of 4.
  case bits32

  /// The layout of the process this code runs in.
  public static var native: ControlABI {
    #if _pointerBitWidth(_64)
      .bits64
    #else
      .bits32
    #endif
  }

  /// Size of `struct cmsghdr` in bytes: 16 or 12.
  public var headerLength: Int { self == .bits64 ? 16 : 12 }

  /// The multiple, in bytes, on which records start: 8 or 4.
  public var alignment: Int { self == .bits64 ? 8 : 4 }

  /// Width of the `cmsg_len` field in bytes: 8 or 4.
  public var lengthWidth: Int { alignment }

  /// `CMSG_ALIGN`: the next multiple of `alignment` that is not below `count`.
  public func align(_ count: Int) -> Int {
    (count + alignment - 1) & ~(alignment - 1)
  }

  /// `CMSG_LEN`: what `cmsg_len` must hold for a payload of so many bytes. Padding not included.
  public func length(payload: Int) -> Int { headerLength + payload }

  /// `CMSG_SPACE`: the bytes a record with this payload takes in the buffer, padding included.
  public func space(payload: Int) -> Int { headerLength + align(payload) }
}

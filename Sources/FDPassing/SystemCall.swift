import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// The one door to the kernel: calls `body`, again as long as a signal interrupts it, and turns
/// `-1` into an error that knows what was tried.
///
/// `close` must not go through here: after an interrupted `close` the number is free already, and
/// a second try could close somebody else's descriptor.
@discardableResult
@inline(__always)
func systemCall<Result: FixedWidthInteger & SignedInteger>(
  _ operation: @autoclosure () -> PassingError.Operation, _ body: () -> Result
) throws(PassingError) -> Result {
  while true {
    let result = body()
    if result != -1 { return result }
    let code = Errno(rawValue: errno)
    if code != .interrupted { throw PassingError(operation(), code: code) }
  }
}

extension [UInt8] {
  /// `withUnsafeBytes`, for a body that throws our error: the standard one forgets its type.
  func withBytes<Success>(
    _ body: (UnsafeRawBufferPointer) throws(PassingError) -> Success
  ) throws(PassingError) -> Success {
    let result: Result<Success, PassingError> = unsafe withUnsafeBytes { bytes in
      do throws(PassingError) { return .success(try unsafe body(bytes)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

import CLinux
import FDPassing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A forked child that waits before its exec, so that it can be traced from the first
/// instruction of its program on.
struct HeldChild: ~Copyable {
  let pid: Int32
  private let go: OwnedDescriptor
  private let failure: OwnedDescriptor

  /// Forks.
  ///
  /// - Throws: ``HeldChildError`` with the error number of fork(2) or pipe(2).
  init(_ program: LaunchPlan.Program) throws(HeldChildError) {
    var go: Int32 = -1
    var failure: Int32 = -1
    let result = unsafe withCStrings(program.arguments) { arguments in
      unsafe withCStrings(program.environment) { environment in
        unsafe program.path.withCString { path in
          unsafe CallFilter.program().withUnsafeBufferPointer { filter in
            unsafe program.given.withUnsafeBufferPointer { given in
              var spawn = unsafe clinux_spawn(
                path: path, argv: arguments, envp: environment, filter: filter.baseAddress,
                filter_count: UInt16(filter.count), close_inherited: !program.inheritsDescriptors,
                terminal: program.terminal?.slave ?? -1, given: given.baseAddress,
                given_count: Int32(given.count))
              return unsafe clinux_spawn_held(&spawn, &go, &failure)
            }
          }
        }
      }
    }
    for descriptor in program.given { close(descriptor) }
    guard result > 0 else { throw HeldChildError(code: -result) }
    pid = result
    self.go = OwnedDescriptor(adopting: go)
    self.failure = OwnedDescriptor(adopting: failure)
  }

  /// Lets the child leave without becoming its program, and waits for its end.
  consuming func abandon() {
    let child = pid
    _ = consume go
    _ = waitpid(child, nil, 0)
  }

  /// Lets the child become its program; the tracer is told when it has. Returns the pipe that
  /// has the error number when it could not (``HeldChildError/init(from:)``).
  consuming func letGo() -> OwnedDescriptor {
    var byte: UInt8 = 1
    _ = unsafe write(go.rawValue, &byte, 1)
    return failure
  }
}

/// The error number with which a child could not be made or become its program.
struct HeldChildError: Error {
  let code: Int32

  init(code: Int32) { self.code = code }

  /// What a child that has ended wrote before; nil when it wrote nothing.
  init?(from pipe: Int32) {
    var code: Int32 = 0
    guard unsafe read(pipe, &code, 4) == 4 else { return nil }
    self.code = code
  }
}

/// Lends a NULL-terminated array of C strings, as execve(2) takes it.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
  defer { unsafe pointers.forEach { unsafe free($0) } }
  return unsafe pointers.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("the array has a last NULL") }
    return unsafe body(base)
  }
}

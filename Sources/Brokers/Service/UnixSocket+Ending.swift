import FDPassing
import SystemPackage

extension UnixSocket {
  /// Receives from a peer that may have ended.
  ///
  /// One that closes its end while it has unread messages makes the kernel report a reset, once
  /// (`unix_release_sock` in net/unix/af_unix.c). What it had sent before can still be read after
  /// that, and then the end of file comes: that is what ends a conversation here.
  borrowing func receiveWhatIsLeft(
    maxBytes: Int, maxDescriptors: Int
  ) throws(BrokerError) -> ReceivedMessage {
    while true {
      do throws(PassingError) {
        return try receive(maxBytes: maxBytes, maxDescriptors: maxDescriptors)
      } catch { if error.code != .connectionReset { throw .passing(error) } }
    }
  }
}

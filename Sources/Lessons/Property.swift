/// What an expression can ask of an event, a process or a descriptor.
public enum Property: String, Sendable, Hashable, CaseIterable {
  // Of a call, a send or a receive.
  /// The system call's name.
  case call
  /// What it returned; none when it failed.
  case result
  /// The error's name; none when it succeeded.
  case error
  /// How many bytes of data it moved or offered.
  case bytes
  /// These bytes as text.
  case data
  /// Of a send or a receive the numbers in its control messages, a list; of a call or a row its own.
  case fd

  // Of a call.
  /// The descriptors that it made, a list.
  case made

  // Of a send or a receive.
  /// How many numbers there are.
  case fds
  /// What they refer to, a list; of a row its own.
  case target
  /// The flags that were passed to the call; of a row the status flags.
  case flags
  /// `msg_flags` as they came back.
  case returned
  /// Whether these have MSG_CTRUNC.
  case truncated
  /// The socket's number.
  case socket
  /// How many descriptors were lost.
  case lost
  /// `kcmp` where every descriptor is proven to be the one that was sent.
  case proof
  /// Bytes of control buffer that were offered.
  case capacity
  /// Bytes of it in use.
  case used
  /// How many control messages there are.
  case messages
  /// Their `cmsg_len`, a list.
  case length
  /// Their types, a list.
  case types
  /// Who the sender is, by SCM_CREDENTIALS; of a process its number.
  case pid
  /// As which user.
  case uid
  /// The number that SCM_PIDFD made.
  case pidfd

  // Of the end of a process.
  /// Its exit status.
  case status
  /// The signal that ended it.
  case signal

  // Of a process.
  /// How many descriptors it has open.
  case open
  /// Whether it has not ended.
  case alive

  // Of a row of a table; `queued` also of a process.
  /// The offset of the open file.
  case position
  /// Whether it has O_NONBLOCK.
  case nonblocking
  /// Whether an exec closes the number.
  case cloexec
  /// Descriptors queued in this socket, `scm_fds`.
  case queued
  /// The open file description: the same for two rows only where kcmp(2) says so.
  case file

  // Of a list.
  /// How many it has.
  case count
}

/// A run of bytes of a control buffer, and what those bytes are.
public struct ControlField: Sendable, Hashable {
  /// A member of `struct ucred`.
  public enum CredentialPart: Sendable, Hashable, CaseIterable {
    /// The process identifier, signed.
    case pid
    /// The user identifier.
    case uid
    /// The group identifier.
    case gid
  }

  /// What a run of bytes belongs to. `record` is the index in `ControlDecoding.records`.
  public enum Owner: Sendable, Hashable {
    /// `cmsg_len`.
    case length(record: Int)
    /// `cmsg_level`.
    case level(record: Int)
    /// `cmsg_type`.
    case type(record: Int)
    /// One descriptor of an `SCM_RIGHTS` message: its place in the message, and its number.
    case descriptor(record: Int, index: Int, value: Int32)
    /// The descriptor of an `SCM_PIDFD` message.
    case pidDescriptor(record: Int, value: Int32)
    /// One member of an `SCM_CREDENTIALS` message.
    case credential(record: Int, CredentialPart)
    /// Other data; also the rest of an `SCM_RIGHTS` payload that fills no whole descriptor.
    case payload(record: Int)
    /// Bytes after a record's data, up to the boundary where the next record may start.
    case padding(record: Int)
    /// Bytes that nobody reads: beyond the used length, or too few at the end for a header.
    case slack
    /// Bytes from the header at which reading stopped to the end of the used length; the
    /// decoding's `problem` says why.
    case malformed
  }

  /// What the bytes are.
  public var owner: Owner
  /// Where they are in the buffer. Never empty.
  public var range: Range<Int>

  /// Says that `range` belongs to `owner`.
  public init(owner: Owner, range: Range<Int>) {
    self.owner = owner
    self.range = range
  }

  /// The record the bytes belong to, as an index in `ControlDecoding.records`.
  public var record: Int? {
    switch owner {
    case .length(let record), .level(let record), .type(let record), .payload(let record),
      .padding(let record), .descriptor(let record, _, _), .pidDescriptor(let record, _),
      .credential(let record, _):
      record
    case .slack, .malformed: nil
    }
  }
}

/// The C names of the numbers in a `cmsghdr`.
///
/// Source: `include/linux/socket.h`, `include/uapi/asm-generic/socket.h`, `include/uapi/linux/in.h`.
public enum ControlNames {
  /// The name of a `cmsg_level`, as `SOL_SOCKET`; the digits if it has none here.
  public static func level(_ level: Int32) -> String {
    levels[level] ?? String(level)
  }

  /// The name of a `cmsg_type` at its level, as `SCM_RIGHTS`; the digits if it has none here.
  public static func type(level: Int32, type: Int32) -> String {
    types[level]?[type] ?? String(type)
  }

  private static let levels: [Int32: String] = [
    0: "SOL_IP",
    1: "SOL_SOCKET",
    6: "SOL_TCP",
    17: "SOL_UDP",
    41: "SOL_IPV6",
    132: "SOL_SCTP",
    263: "SOL_PACKET",
    270: "SOL_NETLINK",
    279: "SOL_ALG",
    282: "SOL_TLS",
  ]

  private static let types: [Int32: [Int32: String]] = [
    0: ip,
    ControlMessage.socketLevel: socket,
    17: [103: "UDP_SEGMENT", 104: "UDP_GRO"],
    279: [2: "ALG_SET_IV", 3: "ALG_SET_OP", 4: "ALG_SET_AEAD_ASSOCLEN"],
    282: [1: "TLS_SET_RECORD_TYPE", 2: "TLS_GET_RECORD_TYPE"],
  ]

  private static let ip: [Int32: String] = [
    1: "IP_TOS", 2: "IP_TTL", 7: "IP_RETOPTS", 8: "IP_PKTINFO", 11: "IP_RECVERR",
    20: "IP_ORIGDSTADDR",
  ]

  private static let socket: [Int32: String] = [
    SocketType.rights: "SCM_RIGHTS",
    SocketType.credentials: "SCM_CREDENTIALS",
    SocketType.security: "SCM_SECURITY",
    SocketType.pidDescriptor: "SCM_PIDFD",
    12: "SO_PRIORITY",
    29: "SCM_TIMESTAMP",
    35: "SCM_TIMESTAMPNS",
    36: "SO_MARK",
    37: "SCM_TIMESTAMPING",
    40: "SO_RXQ_OVFL",
    41: "SCM_WIFI_STATUS",
    54: "SCM_TIMESTAMPING_OPT_STATS",
    58: "SCM_TIMESTAMPING_PKTINFO",
    61: "SCM_TXTIME",
    // The same three with 64-bit seconds, which 32-bit processes ask for.
    63: "SCM_TIMESTAMP_NEW",
    64: "SCM_TIMESTAMPNS_NEW",
    65: "SCM_TIMESTAMPING_NEW",
  ]
}

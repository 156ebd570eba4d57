/// A `struct sockaddr` of another process as text: a path, `@abstract`, or the family.
func socketAddressText(at address: UInt64, length: UInt64, in memory: some TraceeMemory) -> String?
{
  // sizeof(struct sockaddr_storage) bounds what the kernel takes.
  let bytes = memory.read(address, count: Int(min(length, 128)))
  guard bytes.count >= 2 else { return nil }
  let family = bytes.number(at: 0, width: 2)
  guard family == 1 else { return socketFamilyName(family) }
  let name = bytes[2...]
  guard let first = name.first else { return "unnamed" }
  if first == 0 { return "@" + String(decoding: name.dropFirst(), as: UTF8.self) }
  return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
}

/// The name of an address family (socket(2)).
func socketFamilyName(_ family: UInt64) -> String {
  switch family {
  case 0: "AF_UNSPEC"
  case 1: "AF_UNIX"
  case 2: "AF_INET"
  case 10: "AF_INET6"
  case 16: "AF_NETLINK"
  case 17: "AF_PACKET"
  case 40: "AF_VSOCK"
  default: "AF_\(family)"
  }
}

/// The second argument of socket(2): the type and what is or-ed into it.
func socketTypeName(_ type: UInt64) -> String {
  let base =
    switch type & 0xF {
    case 1: "SOCK_STREAM"
    case 2: "SOCK_DGRAM"
    case 3: "SOCK_RAW"
    case 5: "SOCK_SEQPACKET"
    default: "\(type & 0xF)"
    }
  return base + socketOptionSuffix(type)
}

/// `|SOCK_CLOEXEC|SOCK_NONBLOCK` as far as they are set in the flags of socket(2) or accept4(2).
func socketOptionSuffix(_ flags: UInt64) -> String {
  (flags & 0o2000000 != 0 ? "|SOCK_CLOEXEC" : "") + (flags & 0o4000 != 0 ? "|SOCK_NONBLOCK" : "")
}

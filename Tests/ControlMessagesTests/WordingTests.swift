import ControlMessages
import Testing

@Suite("Names and sentences")
struct WordingTests {
  @Test(arguments: [
    (1, 1, "SOL_SOCKET", "SCM_RIGHTS"),
    (1, 2, "SOL_SOCKET", "SCM_CREDENTIALS"),
    (1, 3, "SOL_SOCKET", "SCM_SECURITY"),
    (1, 4, "SOL_SOCKET", "SCM_PIDFD"),
    (1, 29, "SOL_SOCKET", "SCM_TIMESTAMP"),
    (1, 35, "SOL_SOCKET", "SCM_TIMESTAMPNS"),
    (1, 63, "SOL_SOCKET", "SCM_TIMESTAMP_NEW"),
    (1, 99, "SOL_SOCKET", "99"),
    (0, 1, "SOL_IP", "IP_TOS"),
    (41, 1, "SOL_IPV6", "1"),
    (99, 1, "99", "1"),
    (-1, -2, "-1", "-2"),
  ])
  func names(level: Int32, type: Int32, levelName: String, typeName: String) {
    #expect(ControlNames.level(level) == levelName)
    #expect(ControlNames.type(level: level, type: type) == typeName)
  }

  @Test(arguments: [
    (
      ControlProblem.truncatedHeader(offset: 24, available: 1, needed: 16),
      "The last 1 byte, at offset 24, cannot hold a header of 16 bytes, so the kernel ignores "
        + "them. Set msg_controllen to the end of the last message."
    ),
    (
      .truncatedHeader(offset: 16, available: 4, needed: 12),
      "The last 4 bytes, at offset 16, cannot hold a header of 12 bytes, so sendmsg fails with "
        + "EINVAL. Set msg_controllen to the end of the last message."
    ),
    (
      .zeroTail(offset: 24, count: 24),
      "The 24 bytes from offset 24 on are all zero, which reads as a header with cmsg_len 0, "
        + "and sendmsg fails with EINVAL. Set msg_controllen to the end of the last message, "
        + "not to the size of the buffer."
    ),
    (
      .lengthTooSmall(offset: 0, length: 4, minimum: 16),
      "The header at offset 0 has cmsg_len 4, less than its own 16 bytes, and sendmsg fails "
        + "with EINVAL. Set cmsg_len to CMSG_LEN of the data."
    ),
    (
      .lengthPastEnd(offset: 0, length: .max, available: 20),
      "The header at offset 0 has cmsg_len 18446744073709551615, but only 20 bytes are left, "
        + "and sendmsg fails with EINVAL. Set cmsg_len to CMSG_LEN of the data, and "
        + "msg_controllen so that it counts the whole message."
    ),
  ])
  func problems(problem: ControlProblem, sentence: String) {
    #expect(problem.description == sentence)
  }
}

import CLinux
import Glibc
import TestKit
import Testing

@testable import TraceSources

@Suite("A mailbox between threads") struct MailboxTests {
  @Test("Whoever posts to a full one waits for room, and nothing is lost or disordered")
  func bounded() throws {
    let mailbox = try Mailbox<Int>(capacity: 3)
    let poster = BackgroundThread { for number in 0..<1000 { mailbox.post(number) } }
    var taken: [Int] = []
    while taken.count < 1000 {
      var request = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
      try #require(unsafe poll(&request, 1, 10_000) == 1, "nothing came after \(taken.count)")
      let batch = mailbox.takeAll()
      #expect(batch.count <= 3)
      taken += batch
    }
    try poster.join()
    #expect(taken == Array(0..<1000))
  }

  @Test("However many sessions there are, each learns of its children")
  func childWakes() throws {
    let mailboxes = try (0..<200).map { _ in try Mailbox<Int>() }
    expectWoken(mailboxes[...])
  }

  /// Each call holds one wake on its stack: values that cannot be copied stand in no array.
  private func expectWoken(_ rest: ArraySlice<Mailbox<Int>>) {
    guard let mailbox = rest.first else {
      kill(getpid(), SIGCHLD)
      return
    }
    guard let wake = ChildWake(raising: mailbox.descriptor) else {
      Issue.record("There is no room for \(rest.count) more.")
      return
    }
    expectWoken(rest.dropFirst())
    #expect(isUp(mailbox))
    _ = consume wake
  }

  private func isUp(_ mailbox: Mailbox<Int>) -> Bool {
    var request = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 15_000) == 1
  }
}

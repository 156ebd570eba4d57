import CLinux
import Glibc
import TestKit
import Testing
import TraceModel

@testable import TraceSources

/// Who shares an open file description with whom, found with few questions.
@Suite("Identities of open files")
struct OpenFileIdentityTests {
  typealias Holder = OpenFileIdentities.Holder

  /// A kernel in which the number of a descriptor, divided by ten, is its open file description.
  private final class Kernel {
    var gone: Set<Holder> = []
    /// One that has gone once it has been asked about.
    var leaving: Holder?
    var questions = 0

    func compare(_ one: Holder, _ other: Holder) -> OpenFileIdentities.Order? {
      questions += 1
      guard !gone.contains(one), !gone.contains(other) else { return nil }
      if let leaving, [one, other].contains(leaving) { gone.insert(leaving) }
      // Any order will do, as long as it is one.
      let (first, second) = (scrambled(one), scrambled(other))
      return first == second ? .same : first < second ? .before : .after
    }

    private func scrambled(_ holder: Holder) -> Int { Int(holder.fd) / 10 * 7919 % 10007 }
  }

  private func row(_ fd: Int32) -> DescriptorFacts {
    var facts = DescriptorFacts(fd: fd, target: "/dev/null")
    (facts.device, facts.inode) = (5, 4)
    return facts
  }

  @Test("a thousand on one device are told apart and found again with about ten questions each")
  func manyOnOneDevice() {
    let kernel = Kernel()
    var identities = OpenFileIdentities(comparing: kernel.compare)
    var found: [Int32: Int] = [:]
    for fd in Int32(0)..<1000 {
      found[fd] = identities.identity(of: Holder(pid: 1, fd: fd * 10), row(fd * 10))
    }
    #expect(Set(found.values).count == 1000)
    #expect(kernel.questions < 15_000)
    for fd in Int32(0)..<1000 {
      #expect(
        identities.identity(of: Holder(pid: 2, fd: fd * 10 + 3), row(fd * 10 + 3)) == found[fd])
    }
  }

  @Test("one that goes while it is asked about is no obstacle either")
  func goes() {
    let kernel = Kernel()
    var identities = OpenFileIdentities(comparing: kernel.compare)
    let holders = [Holder(pid: 1, fd: 0), Holder(pid: 2, fd: 0)]
    let known = holders.map { identities.identity(of: $0, row(0)) }
    kernel.leaving = holders[1]
    #expect(identities.identity(of: holders[0], row(0)) == known[0])
    #expect(kernel.gone == [holders[1]])
  }

  @Test("one that has gone unseen is no obstacle")
  func gone() {
    let kernel = Kernel()
    var identities = OpenFileIdentities(comparing: kernel.compare)
    let all = (Int32(0)..<50).map { Holder(pid: 1, fd: $0 * 10) }
    let known = all.map { identities.identity(of: $0, row($0.fd)) }
    kernel.gone = Set(all.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element))
    for (index, holder) in all.enumerated() where !index.isMultiple(of: 2) {
      let other = Holder(pid: 2, fd: holder.fd + 1)
      #expect(identities.identity(of: other, row(other.fd)) == known[index])
    }
    let lost = Holder(pid: 3, fd: 7)
    kernel.gone.insert(lost)
    #expect(identities.identity(of: lost, row(7)) == nil)
  }

  @Test(
    "what was sent is known again after its sender closed it, and is not kept open",
    .requires(.kcmp))
  func watched() {
    var ends: [Int32] = [0, 0]
    let made = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
    #expect(made == 0)
    defer { close(ends[1]) }
    var status = stat()
    let found = unsafe fstat(ends[0], &status)
    #expect(found == 0)
    func row(_ fd: Int32) -> DescriptorFacts {
      var facts = DescriptorFacts(fd: fd, target: "socket")
      (facts.device, facts.inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
      return facts
    }
    var identities = OpenFileIdentities()
    let sent = Holder(pid: getpid(), fd: ends[0])
    let known = identities.identity(of: sent, row(ends[0]))
    #expect(known != nil)
    identities.watch(sent)
    let received = dup(ends[0])
    close(ends[0])
    identities.forget(sent)
    let again = identities.identity(of: Holder(pid: getpid(), fd: received), row(received))
    #expect(again == known)
    close(received)
    // A program that another test starts has a copy until it runs (O_CLOEXEC).
    var waiting = pollfd(fd: ends[1], events: Int16(POLLIN), revents: 0)
    #expect(unsafe poll(&waiting, 1, 60_000) == 1)
    var byte: UInt8 = 0
    let end = unsafe recv(ends[1], &byte, 1, Int32(MSG_DONTWAIT))
    #expect(end == 0)
  }
}

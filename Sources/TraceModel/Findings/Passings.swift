import ControlMessages

/// What the ledger keeps.
extension PassingLedger {
  /// What makes two descriptors refer to the same file: one open file description where kcmp
  /// tells, else device and inode.
  enum File: Sendable, Hashable {
    case description(Int)
    case inode(device: UInt64, inode: UInt64)

    init(_ facts: DescriptorFacts) {
      self =
        facts.description.map { .description($0) }
        ?? .inode(device: facts.device, inode: facts.inode)
    }
  }

  /// A descriptor that a process received and has not closed.
  struct Receipt: Sendable {
    var facts: DescriptorFacts
    /// The process that received it.
    let receiver: Int32
    /// The sequence number of the receive.
    let receive: Int
    /// The socket it came through: its inode; 0 when unknown.
    let socket: UInt64
    /// Whether it lies where a buffer made for one descriptor less has its padding.
    let isInSlack: Bool
    /// Whether this process received it; its creator did otherwise.
    var isOwn = true
    var isUsed = false

    var file: File { File(facts) }
  }

  /// A descriptor that a process sent and has not closed.
  struct Parcel: Sendable {
    var facts: DescriptorFacts
    /// The sequence number of the first send.
    let send: Int
    var sends = 1
    var isUsed = false
  }

  /// What one process passed.
  struct Process: Sendable {
    var name: String
    var user: UInt32?
    private(set) var receipts: [Int32: Receipt] = [:]
    /// How many of ``receipts`` refer to one file.
    private(set) var copies: [File: Int] = [:]
    var parcels: [Int32: Parcel] = [:]
    /// The inodes of its sockets by their numbers.
    var sockets: [Int32: UInt64] = [:]
    /// The numbers it, or its program, began with.
    var inherited: Set<Int32> = []
    /// Whether it has an io_uring, through which descriptors are used and passed unseen.
    var hasRing = false

    init(name: String, user: UInt32? = nil, receipts: [Int32: Receipt] = [:]) {
      self.name = name
      self.user = user
      for (fd, receipt) in receipts { set(receipt, at: fd) }
    }

    /// Takes what the process, or a new program of it, begins with.
    mutating func begin(with rows: [DescriptorFacts]) {
      inherited.formUnion(rows.map(\.fd))
      hasRing = rows.contains(where: \.isRing)
    }

    mutating func set(_ receipt: Receipt?, at fd: Int32) {
      if receipt == nil, receipts[fd] == nil { return }
      if let old = receipts[fd] {
        let rest = count(old) - 1
        copies[old.file] = rest > 0 ? rest : nil
      }
      if let receipt { copies[receipt.file] = count(receipt) + 1 }
      receipts[fd] = receipt
    }

    /// A row was looked at.
    ///
    /// - Returns: The socket that the number refers to no longer.
    mutating func take(_ now: DescriptorFacts, at fd: Int32) -> UInt64? {
      let before = sockets[fd]
      let socket = now.socket?.inode
      if before != socket { sockets[fd] = socket }
      if var receipt = receipts[fd] {
        if Self.isStill(receipt.facts, now) {
          // Whatever moved the offset has used the file.
          if receipt.facts.position != now.position {
            use(fd)
            receipt.isUsed = true
          }
          receipt.facts = now
          set(receipt, at: fd)
        } else {
          set(nil, at: fd)
        }
      }
      if let parcel = parcels[fd], !Self.isStill(parcel.facts, now) { parcels[fd] = nil }
      return before == socket ? nil : before
    }

    private static func isStill(_ before: DescriptorFacts, _ now: DescriptorFacts) -> Bool {
      if let one = before.description, let other = now.description { return one == other }
      return before.isSameFile(as: now)
    }

    mutating func use(_ fd: Int32) {
      if receipts[fd]?.isUsed == false { receipts[fd]?.isUsed = true }
      if parcels[fd]?.isUsed == false { parcels[fd]?.isUsed = true }
    }

    /// The message with this sequence number carries it.
    mutating func sent(_ facts: DescriptorFacts, by send: Int) {
      use(facts.fd)
      if (parcels[facts.fd]?.sends += 1) == nil {
        parcels[facts.fd] = Parcel(facts: facts, send: send)
      }
    }

    /// A receive installed the number.
    mutating func received(_ receipt: Receipt, at fd: Int32) {
      _ = forget(fd)
      set(receipt, at: fd)
    }

    /// A number was closed.
    ///
    /// - Returns: The socket that it referred to.
    mutating func forget(_ fd: Int32) -> UInt64? {
      set(nil, at: fd)
      if !parcels.isEmpty { parcels[fd] = nil }
      inherited.remove(fd)
      return sockets.removeValue(forKey: fd)
    }

    private func count(_ receipt: Receipt) -> Int { copies[receipt.file] ?? 0 }
  }

  /// A send or a receive of descriptors.
  struct Message: Sendable {
    let sequence: Int
    let pid: Int32
    let user: UInt32?
    let descriptors: [DescriptorFacts]
    /// The inode of the socket in whose queue a send waits; nil for a receive, and when unknown.
    let queue: UInt64?
  }
}

extension MessageRecord {
  /// Whether what stands in a send's control message was queued: on a stream zero bytes carry
  /// nothing, and other sockets than Unix sockets never do.
  public var carries: Bool {
    guard let result, socket.foreignProtocol == nil else { return false }
    return result > 0 || result == 0 && socket.type != .stream
  }

  /// Whether a send's descriptors go with an urgent byte alone (MSG_OOB). Unless the receiver has set
  /// SO_OOBINLINE, the kernel throws them away when it next receives, and tells nobody.
  public var goesUrgently: Bool { flags.contains(.outOfBand) && result == 1 }

  /// A received descriptor that lies where a buffer made for one descriptor less has its padding:
  /// CMSG_SPACE is the same for one and for two in a 64-bit process.
  var descriptorInSlack: Int32? {
    let numbers = descriptorNumbers
    guard let control, numbers.count > 1,
      control.capacity == control.abi.space(payload: 4 * (numbers.count - 1))
    else { return nil }
    return numbers.last
  }
}

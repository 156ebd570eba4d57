import FDPassing
import SystemPackage
import Testing

@testable import Brokers

@Suite("The places of a park")
struct ParkingLotTests {
  /// A descriptor to park, of no other use.
  private func connection() throws -> OwnedDescriptor {
    OwnedDescriptor(adopting: try FileDescriptor.open(FilePath("/dev/null"), .readOnly).rawValue)
  }

  @Test("A place is used again, with another serial")
  func places() throws {
    let lot = ParkingLot()
    let first = lot.park(try connection(), token: [1])
    let second = lot.park(try connection(), token: [2])
    #expect("\(first) \(second)" == "0.1 1.2")
    lot.becameReady(first.place)
    lot.handedOver()
    lot.left(first.place)
    let third = lot.park(try connection(), token: [3])
    #expect("\(third)" == "0.3")
    #expect(!lot.isValid(first) && lot.isValid(second) && lot.isValid(third))
    #expect(lot.token(at: third.place) == [3])
    #expect(lot.count == 2)
  }

  @Test("Who became active first is first, and one that left meanwhile is nobody")
  func order() throws {
    let lot = ParkingLot()
    let tickets = try (0..<4).map { lot.park(try connection(), token: [UInt8($0)]) }
    for index in [2, 0, 3] { lot.becameReady(tickets[index].place) }
    lot.ended(tickets[1].place, .reset)
    lot.left(tickets[0].place)
    #expect(lot.count == 2 && lot.waitingCount == 4)
    var seen: [String] = []
    while let place = lot.longestWaiting {
      seen.append("\(place) \(lot.state(at: place))")
      lot.handedOver()
    }
    #expect(seen == ["2 ready", "0 removed", "3 ready", "1 reset"])
    #expect(lot.waitingCount == 0)
    #expect(lot.state(at: 2) == .given && lot.state(at: 0) == .free && lot.state(at: 1) == .free)
    lot.cameBack(2)
    #expect(lot.state(at: 2) == .idle)
  }

  @Test("What was kept has its ticket again, and the places between are free")
  func restored() throws {
    let lot = ParkingLot(after: 9)
    let kept = [
      (Ticket(place: 3, serial: 7), token: [UInt8(1)]), (Ticket(place: 1, serial: 8), [2]),
    ]
    let numbers = [try connection().release(), try connection().release()]
    lot.restore(DescriptorBatch(adopting: numbers), kept)
    #expect(lot.occupied == [1, 3] && lot.count == 2)
    #expect(lot.isValid(kept[0].0) && lot.isValid(kept[1].0))
    #expect(lot.token(at: 1) == [2] && lot.connection(at: 3).rawValue == numbers[0])
    let next = try (0..<3).map { _ in lot.park(try connection(), token: []) }
    #expect(next.map(\.description) == ["0.10", "2.11", "4.12"])
  }

  @Test(
    "A ticket is two numbers",
    arguments: [
      ("3.17", "3.17"), ("0.0", "0.0"), ("4294967295.1", "4294967295.1"), ("3", nil), ("3.", nil),
      (".1", nil), ("3.1.2", nil), ("-1.2", nil), ("4294967296.1", nil), ("", nil), ("a.b", nil),
    ] as [(String, String?)])
  func tickets(text: String, ticket: String?) {
    #expect(Ticket(text)?.description == ticket)
  }
}

import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("Fields and their bytes") struct SelectionTests {
  private let size = Size(width: 80, height: 24)

  private func afterReceive() -> Inspector {
    .demoWithTerminals(steps: 12, size: size, status: DemoSession.allWait)
  }

  @Test("The descriptor is chosen first, and its bytes are marked")
  func first() throws {
    var inspector = afterReceive()
    #expect(inspector.selectedNode?.label == "fd[0]")
    try inspector.press("Tab")
    #expect(inspector.focus == .message)
    #expect(inspector.selectedNode?.bytes == .control(16..<20))
  }

  @Test("A field that the user chose stays chosen in other messages")
  func kept() throws {
    var inspector = afterReceive()
    try inspector.press("b b")
    #expect(inspector.selectedNode?.label == "msghdr")
    try inspector.press("End")
    #expect(inspector.selectedNode?.label == "fd[0]")
    try inspector.press("Tab k b b End")
    #expect(inspector.selectedNode?.label == "fd[0]")
    try inspector.press("k b")
    #expect(inspector.selectedNode?.label == "cmsg_type")
  }

  @Test("A chosen byte chooses its field")
  func bytes() throws {
    var inspector = afterReceive()
    try inspector.press("Tab Tab g")
    #expect(inspector.selectedNode?.label == "cmsg_len")
    try inspector.press("Right Right Right Right Right Right Right Right")
    #expect(inspector.selectedNode?.label == "cmsg_level")
    try inspector.press("Down")
    #expect(inspector.selection.byte == MessageSelection.Byte(part: .control, offset: 23))
    #expect(inspector.selectedNode?.label == "padding")
    try inspector.press("G")
    #expect(inspector.selection.byte == MessageSelection.Byte(part: .data, offset: 16))
    #expect(inspector.selectedNode?.label == "data")
    #expect(inspector.moment == .now)
  }

  @Test("The chosen bytes stand out on the screen")
  func highlight() throws {
    var inspector = afterReceive()
    try inspector.press("Tab Tab g")
    let frame = inspector.frame
    // The row of the first control bytes: offset, then cmsg_len in eight bytes.
    let row = try #require((0..<size.height).first { frame.row($0).contains("0000  14 00") })
    let marked = (0..<size.width).filter {
      frame[$0, row].style.attributes.contains(.underline)
        || frame[$0, row].style.attributes.contains(.reverse)
    }
    #expect(marked.first == 8)
    #expect(marked.contains(8 + 22) && !marked.contains(8 + 24))
  }

  @Test("Enter closes a node; what is below goes, and choosing a byte below opens it")
  func folding() throws {
    var inspector = afterReceive()
    try inspector.press("Tab g")
    let all = inspector.scene.lines.openNodes.count
    try inspector.press("j j j Enter")
    #expect(inspector.selectedNode?.label == "control")
    #expect(inspector.scene.lines.openNodes.count < all)
    #expect(inspector.screen.contains("▸ control"))
    try inspector.press("Tab g")
    #expect(inspector.scene.lines.openNodes.count == all)
    #expect(inspector.selectedNode?.label == "cmsg_len")
  }

  @Test("The message ahead is shown while its thread is stopped before it")
  func ahead() throws {
    var inspector = Inspector.demo(steps: 10, size: size, status: DemoSession.beforeSend)
    #expect(inspector.messageTitle == "server is about to sendmsg on 4")
    try inspector.press("b")
    #expect(inspector.messageTitle == "client sendmsg on 3")
    try inspector.press("End")
    #expect(inspector.messageTitle == "server is about to sendmsg on 4")
  }

  @Test(
    "A path gives way from the front, and wholly, before what is proven does",
    arguments: [
      (80, "…ments/of/a/project/letter.txt, sent as server 1 (kcmp)"),
      (60, "→ …letter.txt, sent as server 1 (kcmp)"),
      (100, "/srv/a/long/documents/of/a/project/letter.txt, sent as server 1 (kcmp)"),
    ])
  func longPath(width: Int, note: String) throws {
    let path = "/srv/a/long/documents/of/a/project/letter.txt"
    let line = try received(path, width: width, keys: "Tab z")
    #expect(line.contains(note), "\(line)")
  }

  @Test("Where nothing would be left of the path, the other process's name gives way before")
  func noPath() throws {
    let line = try received("/srv/letter.txt", width: 100)
    #expect(line.contains("→ …etter.txt, sent as 1 (kcmp)"), "\(line)")
    let pipe = try received("pipe:[25761670]", width: 100)
    #expect(pipe.contains("→ …25761670], sent as 1 (kcmp)"), "\(pipe)")
  }

  /// The line of the message's descriptor when the client has received a file with this path.
  private func received(_ path: String, width: Int, keys: String? = nil) throws -> String {
    var story = Story.inFlight
    var row = Story.received
    row.target = path
    var taken = Story.answerTaken
    taken.descriptors = [row]
    story.add(Story.client, .receive(taken), [row])
    var inspector = Inspector(size: Size(width: width, height: 30), title: "run")
    _ = inspector.update(.updates(story.timeline.events.map(SessionUpdate.event)))
    if let keys { try inspector.press(keys) }
    let lines = inspector.screen.split(separator: "\n")
    return String(try #require(lines.first { $0.contains("fd[0]") }))
  }
}

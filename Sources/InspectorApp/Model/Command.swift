/// What a key can ask for outside of typing and searching.
enum Command: Sendable, Hashable {
  case step
  case stepProcess
  case back
  case forward
  case now
  case resume
  case pause
  case type
  case nextPane
  case previousPane
  case up
  case down
  case left
  case right
  case pageUp
  case pageDown
  case top
  case bottom
  case zoom
  case toggle
  case search
  case searchNext
  case searchPrevious
  case filter
  case findingNext
  case findingPrevious
  case sameNext
  case samePrevious
  case mark
  case goToMark
  case help
  case escape
  case suspend
  case quit
}

import Glibc
import TerminalEmulation
import Testing
import TextUI

@Suite struct PseudoTerminalTests {
  let size = Size(width: 80, height: 24)

  /// Reads until `count` bytes came, for at most a minute.
  func read(_ terminal: borrowing PseudoTerminal, _ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    let deadline = ContinuousClock.now + .seconds(60)
    while bytes.count < count, ContinuousClock.now < deadline {
      var poll = pollfd(fd: terminal.masterDescriptor, events: Int16(POLLIN), revents: 0)
      unsafe Glibc.poll(&poll, 1, 1000)
      if case .bytes(let more) = terminal.read() { bytes += more }
    }
    return bytes
  }

  @Test func whatAProgramPrintsIsRead() throws {
    let terminal = try PseudoTerminal(size: size)
    let before = terminal.read()
    #expect(before == .nothing)
    let slave = try terminal.openSlave()
    defer { close(slave) }
    #expect(isatty(slave) == 1)
    #expect(unsafe write(slave, "hi\n", 3) == 3)
    let printed = read(terminal, 4)
    #expect(printed == Array("hi\r\n".utf8))
  }

  @Test func whatTheUserTypesArrives() throws {
    let terminal = try PseudoTerminal(size: size)
    let written = terminal.write(Array("yes\r".utf8))
    #expect(written == 4)
    var line = [UInt8](repeating: 0, count: 16)
    let count = unsafe Glibc.read(terminal.slaveDescriptor, &line, line.count)
    #expect(Array(line.prefix(max(0, count))) == Array("yes\n".utf8))
  }

  @Test func typingToAProgramThatDoesNotReadNeverWaits() throws {
    let terminal = try PseudoTerminal(size: size)
    var settings = termios()
    unsafe tcgetattr(terminal.slaveDescriptor, &settings)
    unsafe cfmakeraw(&settings)
    unsafe tcsetattr(terminal.slaveDescriptor, TCSANOW, &settings)
    let written = terminal.write([UInt8](repeating: 0x78, count: 1 << 20))
    #expect(written > 0 && written < 1 << 20)
  }

  @Test func programsAreToldTheSize() throws {
    let terminal = try PseudoTerminal(size: size)
    terminal.resize(Size(width: 110, height: 34))
    var told = winsize()
    #expect(unsafe ioctl(terminal.slaveDescriptor, UInt(TIOCGWINSZ), &told) == 0)
    #expect(told.ws_col == 110 && told.ws_row == 34)
  }

  @Test func theEndIsReportedOnceNobodyHoldsTheSlave() throws {
    var terminal = try PseudoTerminal(size: size)
    let slave = try terminal.openSlave()
    terminal.closeSlave()
    #expect(unsafe write(slave, "bye", 3) == 3)
    close(slave)
    let printed = read(terminal, 3)
    #expect(printed == Array("bye".utf8))
    // A child that another test starts has a copy for a moment, until it is a program.
    var after = terminal.read()
    let deadline = ContinuousClock.now + .seconds(60)
    while after == .nothing, ContinuousClock.now < deadline {
      usleep(1000)
      after = terminal.read()
    }
    #expect(after == .ended)
  }

  @Test func noInspectedProgramInheritsIt() throws {
    let terminal = try PseudoTerminal(size: size)
    for descriptor in [terminal.masterDescriptor, terminal.slaveDescriptor] {
      #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
    }
    #expect(terminal.slavePath.hasPrefix("/dev/pts/"))
  }
}

import Glibc

/// What the process does on the signals for which newterm(3) installs handlers.
///
/// ncurses' own handlers end or stop the process behind the program's back.
struct SavedSignals {
  private static let numbers = [SIGINT, SIGTERM, SIGTSTP, SIGWINCH]
  private let actions: [sigaction]

  /// Remembers the dispositions as they are.
  init() {
    actions = Self.numbers.map { number in
      var action = sigaction()
      unsafe sigaction(number, nil, &action)
      return action
    }
  }

  func restore() {
    for (number, var action) in zip(Self.numbers, actions) {
      unsafe sigaction(number, &action, nil)
    }
  }
}

/// Stops this process as Ctrl-Z does for programs that leave the key to the terminal.
func stopByTerminalSignal() {
  var standard = sigaction()
  var before = sigaction()
  unsafe standard.__sigaction_handler.sa_handler = SIG_DFL
  unsafe sigaction(SIGTSTP, &standard, &before)
  raise(SIGTSTP)
  unsafe sigaction(SIGTSTP, &before, nil)
}

import TextUI

/// Marks as vi has them: m and a letter marks a step, ' and the letter goes there.
extension Inspector {
  mutating func takeMark(_ key: Key, isSetting: Bool) {
    mode = .normal
    guard case .character(let letter) = key.code, key.modifiers.isEmpty else { return }
    if letter == "'", !isSetting { return goToMark(letter) }
    guard letter.isLetter else {
      notice = "A mark is a letter."
      return
    }
    if isSetting {
      marks[letter] = cursorStep
      notice = cursorStep.map { "Step \($0 + 1) has the mark \(letter); '\(letter) returns to it." }
    } else {
      goToMark(letter)
    }
  }

  private mutating func goToMark(_ letter: Character) {
    guard let step = marks[letter] else {
      notice =
        letter == "'"
        ? "No jump was made yet." : "No step has the mark \(letter); m\(letter) gives it."
      return
    }
    guard shownSteps.contains(step) else {
      notice = "That is step \(step + 1), which the filter hides; Esc shows all."
      return
    }
    jump(to: step)
  }

  /// Goes to a step, and remembers from where.
  mutating func jump(to step: Int) {
    marks["'"] = cursorStep
    go(to: step)
  }
}

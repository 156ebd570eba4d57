import Foundation
import Testing
import TextUI

@testable import InspectorApp

@Suite("Themes") struct ThemeTests {
  @Test("Each has its name") func names() {
    #expect(Theme.all.map(\.name) == ["dark", "light", "high-contrast", "16", "none"])
    for theme in Theme.all { #expect(Theme(named: theme.name) == theme) }
  }

  /// Contrast as WCAG 2.1 defines it: 4.5 is enough for text, 7 is high.
  @Test(
    "Every ink can be read on its ground",
    arguments: [
      ("dark", 16, 231, 4.5), ("dark", 235, 231, 4.5), ("light", 231, 16, 4.5),
      ("light", 255, 16, 4.5), ("high-contrast", 16, 231, 7),
    ] as [(String, UInt8, UInt8, Double)])
  func contrast(name: String, ground: UInt8, ink: UInt8, enough: Double) throws {
    let theme = try #require(Theme(named: name))
    func number(_ colour: Color, _ standard: UInt8) -> UInt8 {
      if case .indexed(let index) = colour { index } else { standard }
    }
    for role in Role.allCases {
      let style = theme.style(role)
      let ratio = Self.contrast(
        number(style.foreground, ink), number(style.background, ground))
      #expect(ratio >= enough, "\(theme.name) \(role)")
    }
    // The row of the cursor keeps the inks of what stands in it.
    let row = number(theme.style(.cursorRow).background, ground)
    for role in [Role.left, .right, .kernel, .new, .warning] {
      #expect(Self.contrast(number(theme.style(role).foreground, ink), row) >= enough, "\(role)")
    }
  }

  @Test("High contrast colours the whole screen, whatever the terminal's colours are")
  func ground() {
    let inspector = Inspector.demo(steps: 11, options: InspectorOptions(theme: .highContrast))
    let frame = inspector.frame
    for y in 0..<frame.size.height {
      for x in 0..<frame.size.width {
        let style = frame[x, y].style
        #expect(style.foreground != .standard && style.background != .standard)
        #expect(!style.attributes.contains(.dim))
      }
    }
  }

  private static func contrast(_ first: UInt8, _ second: UInt8) -> Double {
    let lights = [light(first), light(second)].sorted()
    return (lights[1] + 0.05) / (lights[0] + 0.05)
  }

  /// The relative luminance of an entry of xterm's palette from 16 on.
  private static func light(_ index: UInt8) -> Double {
    let steps: [Double] = [0, 95, 135, 175, 215, 255]
    let number = Int(index) - 16
    let levels =
      index >= 232
      ? Array(repeating: Double(8 + 10 * (Int(index) - 232)), count: 3)
      : [steps[number / 36], steps[number / 6 % 6], steps[number % 6]]
    let linear = levels.map { level in
      let share = level / 255
      return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }
}

import TextUI

/// Finds the colour numbers that a terminal with so many colours has for what a program asks.
struct NearestColor {
  /// How many colours the terminal has: 8, 16, 256, or 2²⁴ where numbers are RGB values.
  let count: Int

  /// The terminal's number for `color`; nil for its own foreground or background.
  func number(of color: Color) -> Int32? {
    switch color {
    case .standard: nil
    case .indexed(let index): number(ofPaletteEntry: index)
    case .rgb(let red, let green, let blue): number(of: RGB(red, green, blue))
    }
  }

  private func number(ofPaletteEntry index: UInt8) -> Int32 {
    // Direct-colour terminals keep the palette's first eight and take the rest as RGB values.
    if count > 256 { return index < 8 ? Int32(index) : number(of: RGB.palette[Int(index)]) }
    if Int(index) < count { return Int32(index) }
    // Eight colours: the bright ones are the same hue.
    if index < 16 { return Int32(index & 7) }
    return number(of: RGB.palette[Int(index)])
  }

  private func number(of wanted: RGB) -> Int32 {
    if count > 256 {
      return max(8, Int32(wanted.red) << 16 | Int32(wanted.green) << 8 | Int32(wanted.blue))
    }
    // The user's theme changes the first 16, so they are no choice where there are others.
    let candidates = count >= 256 ? 16..<256 : 0..<min(count, 16)
    let nearest = candidates.min { first, second in
      RGB.palette[first].distance(to: wanted) < RGB.palette[second].distance(to: wanted)
    }
    return Int32(nearest ?? 0)
  }
}

/// Red, green and blue from 0 to 255.
private struct RGB {
  let red: Int
  let green: Int
  let blue: Int

  init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = Int(red)
    self.green = Int(green)
    self.blue = Int(blue)
  }

  /// A distance in which green counts most, as it does to the eye.
  func distance(to other: RGB) -> Int {
    let (red, green, blue) = (red - other.red, green - other.green, blue - other.blue)
    return 3 * red * red + 6 * green * green + blue * blue
  }

  /// xterm's 256 colours: the 16 of ANSI, a cube of 6 steps a side, 24 greys.
  static let palette: [RGB] = {
    var entries: [RGB] = [
      RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0),
      RGB(0, 0, 238), RGB(205, 0, 205), RGB(0, 205, 205), RGB(229, 229, 229),
      RGB(127, 127, 127), RGB(255, 0, 0), RGB(0, 255, 0), RGB(255, 255, 0),
      RGB(92, 92, 255), RGB(255, 0, 255), RGB(0, 255, 255), RGB(255, 255, 255),
    ]
    let steps: [UInt8] = [0, 95, 135, 175, 215, 255]
    for red in steps {
      for green in steps {
        for blue in steps { entries.append(RGB(red, green, blue)) }
      }
    }
    for grey in 0..<24 {
      let level = UInt8(8 + 10 * grey)
      entries.append(RGB(level, level, level))
    }
    return entries
  }()
}

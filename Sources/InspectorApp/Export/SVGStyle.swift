/// Elements of SVG. Classes, not colours, say what they are.
enum SVG {
  static func text(_ text: String, _ role: String, x: Int, y: Int, anchor: String? = nil) -> String
  {
    let anchor = anchor.map { #" text-anchor="\#($0)""# } ?? ""
    return #"<text class="\#(role)" x="\#(x)" y="\#(y)"\#(anchor)>\#(XML.escaped(text))</text>"#
  }

  static func line(_ role: String, _ x1: Int, _ y1: Int, _ x2: Int, _ y2: Int) -> String {
    #"<line class="\#(role)" x1="\#(x1)" y1="\#(y1)" x2="\#(x2)" y2="\#(y2)"/>"#
  }
}

/// Text inside XML. Control characters, which XML 1.0 does not allow at all, never get here.
enum XML {
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}

/// The style sheet of a picture: the colours of the light and the dark theme of the screen.
enum SVGStyle {
  static let sheet =
    """
    text { font: 13px "DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace;
      white-space: pre; stroke-width: 5px; stroke-linejoin: round; paint-order: stroke }
    .title { font-weight: bold }
    .arrow { stroke-width: 1.5px }
    .plain { stroke-dasharray: 4 3 }
    .head { stroke: none }
    .queue { stroke-dasharray: 2 4 }

    """ + colours(.light, indent: "")
    + "@media (prefers-color-scheme: dark) {\n" + colours(.dark, indent: "  ") + "}\n"

  private struct Palette {
    let paper, ink, dim, line, left, right, kernel, same, warning: String

    static let light = Palette(
      paper: "#ffffff", ink: "#24292f", dim: "#6a737d", line: "#d0d7de", left: "#005faf",
      right: "#870087", kernel: "#875f00", same: "#005f00", warning: "#af5f00")
    static let dark = Palette(
      paper: "#16191d", ink: "#d8dee4", dim: "#8b949e", line: "#3a4149", left: "#5fd7ff",
      right: "#ff87ff", kernel: "#ffd75f", same: "#afd787", warning: "#ffaf5f")
  }

  private static func colours(_ palette: Palette, indent: String) -> String {
    let inks = [
      ("dim", palette.dim), ("left", palette.left), ("right", palette.right),
      ("kernel", palette.kernel), ("same", palette.same), ("warning", palette.warning),
    ]
    let rules =
      [
        ".paper { fill: \(palette.paper) }",
        "text { fill: \(palette.ink); stroke: \(palette.paper) }",
        ".lane { stroke: \(palette.line) }", ".queue { stroke: \(palette.kernel) }",
        ".flight { fill: \(palette.kernel) }",
      ]
      + inks.flatMap { name, colour in
        [".\(name) { fill: \(colour) }", ".\(name).arrow { stroke: \(colour) }"]
      }
    return rules.map { "\(indent)\($0)\n" }.joined()
  }
}

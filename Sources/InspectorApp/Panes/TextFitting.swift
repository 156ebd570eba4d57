import TextUI

/// `text`, or its beginning and end around an ellipsis when it is too wide.
func fitted(_ text: String, to width: Int, ellipsis: String) -> String {
  guard DisplayWidth.of(text) > width else { return text }
  let room = width - DisplayWidth.of(ellipsis)
  guard room > 0 else { return shortened(text, to: width, ellipsis: ellipsis) }
  let scalars = Array(text.unicodeScalars)
  let back = scalars.reversed()
  let front = taken(scalars, columns: room - room / 3)
  let end = taken(Array(back), columns: room / 3).reversed()
  return string(front) + ellipsis + string(end)
}

/// `text`, or its beginning and an ellipsis when it is too wide.
func shortened(_ text: String, to width: Int, ellipsis: String) -> String {
  guard DisplayWidth.of(text) > width else { return text }
  let room = width - DisplayWidth.of(ellipsis)
  guard room > 0 else { return string(taken(Array(text.unicodeScalars), columns: max(0, width))) }
  return string(taken(Array(text.unicodeScalars), columns: room)) + ellipsis
}

/// `text`, or an ellipsis and its end when it is too wide.
func ending(_ text: String, to width: Int, ellipsis: String) -> String {
  guard DisplayWidth.of(text) > width else { return text }
  let room = max(0, width - DisplayWidth.of(ellipsis))
  let back = Array(text.unicodeScalars.reversed())
  return ellipsis + string(taken(back, columns: room).reversed())
}

private func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
  var view = String.UnicodeScalarView()
  view.append(contentsOf: scalars)
  return String(view)
}

/// The first scalars that together take no more than `columns`.
private func taken(_ scalars: [Unicode.Scalar], columns: Int) -> [Unicode.Scalar] {
  var left = columns
  return Array(
    scalars.prefix { scalar in
      left -= DisplayWidth.of(scalar)
      return left >= 0
    })
}

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

/// A process's name, with less of its word where it is too wide: the number behind the word tells it
/// from others that run the same program, and stays.
func fittedName(_ name: String, to width: Int, ellipsis: String) -> String {
  guard DisplayWidth.of(name) > width, let space = name.lastIndex(of: " "),
    name[space...].dropFirst().allSatisfy(\.isNumber)
  else { return fitted(name, to: width, ellipsis: ellipsis) }
  let number = String(name[space...])
  let room = width - DisplayWidth.of(number)
  guard room > DisplayWidth.of(ellipsis) else {
    return ending(name, to: width, ellipsis: ellipsis)
  }
  return shortened(String(name[..<space]), to: room, ellipsis: ellipsis) + number
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

import Glibc

/// Whether the user's locale can show Unicode (nl_langinfo(3), CODESET).
func localeHasUnicode() -> Bool {
  unsafe setlocale(LC_ALL, "")
  guard let codeset = unsafe nl_langinfo(Int32(CODESET)) else { return false }
  let name = unsafe String(cString: codeset).uppercased()
  return name == "UTF-8" || name == "UTF8"
}

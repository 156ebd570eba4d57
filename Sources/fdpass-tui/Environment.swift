import Glibc

/// A variable of our environment; nil when it is not set (getenv(3)).
func environmentVariable(_ name: String) -> String? {
  guard let value = unsafe getenv(name) else { return nil }
  return unsafe String(cString: value)
}

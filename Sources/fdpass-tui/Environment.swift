import Glibc

/// A variable of our environment; nil when it is not set (getenv(3)).
func environmentVariable(_ name: String) -> String? {
  guard let value = unsafe getenv(name) else { return nil }
  return unsafe String(cString: value)
}

/// Our environment as `NAME=value` each (environ(7)).
func environmentVariables() -> [String] {
  var variables: [String] = []
  var pointer = unsafe environ
  while let variable = unsafe pointer.pointee {
    unsafe variables.append(String(cString: variable))
    unsafe pointer += 1
  }
  return variables
}

/// Our environment with a terminal type that fits what libvterm emulates.
func terminalEnvironment() -> [String] {
  environmentVariables().filter { !$0.hasPrefix("TERM=") } + ["TERM=xterm-256color"]
}

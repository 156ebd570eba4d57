/// The version of the server and client commands.
public let brokersVersion = "0.1.0"

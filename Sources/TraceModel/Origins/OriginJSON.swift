extension JSONWriter {
  mutating func origin(_ origin: Origin) {
    object("origin") { writer in
      writer.field("pid", origin.holder.pid)
      writer.field("fd", origin.holder.fd)
      writer.field("how", origin.beginning.rawValue)
      writer.field("event", origin.event)
      writer.array("hops", origin.hops) { writer, hop in
        writer.object { writer in
          writer.field("pid", hop.pid)
          if let send = hop.send {
            writer.field("send", send)
            writer.field("receive", hop.event)
          } else {
            writer.field("fork", hop.event)
          }
        }
      }
      if origin.hopsLeftOut > 0 { writer.field("hopsLeftOut", origin.hopsLeftOut) }
    }
  }
}

extension JSONLines {
  static func origin(_ value: JSONValue) -> Origin? {
    guard let pid: Int32 = value["pid"]?.integer(), let fd: Int32 = value["fd"]?.integer(),
      let beginning = value["how"]?.string.flatMap(Origin.Beginning.init),
      let event: Int = value["event"]?.integer()
    else { return nil }
    let hops = (value["hops"]?.array ?? []).compactMap { hop -> Origin.Hop? in
      guard let pid: Int32 = hop["pid"]?.integer(),
        let event: Int = (hop["receive"] ?? hop["fork"])?.integer()
      else { return nil }
      return Origin.Hop(pid: pid, send: hop["send"]?.integer(), event: event)
    }
    return Origin(
      holder: DescriptorHolder(pid: pid, fd: fd), beginning: beginning, event: event, hops: hops,
      hopsLeftOut: value["hopsLeftOut"]?.integer() ?? 0)
  }
}

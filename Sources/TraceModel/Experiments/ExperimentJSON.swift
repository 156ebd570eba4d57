extension Experiment {
  /// The name of its kind in JSON and in the account of a session.
  public var name: String {
    switch self {
    case .resizeControl: "resize-control"
    case .removeControl: "remove-control"
    case .addFlags: "add-flags"
    case .removeFlags: "remove-flags"
    case .dropDescriptor: "drop-descriptor"
    case .replaceDescriptor: "replace-descriptor"
    case .declareLength: "declare-length"
    case .noData: "no-data"
    case .limitDescriptors: "limit-descriptors"
    case .fail: "fail"
    }
  }
}

extension JSONWriter {
  /// Writes what was changed in a call, for the event of that call.
  mutating func experiment(_ record: ExperimentRecord) {
    object("experiment") { writer in
      writer.field("name", record.experiment.name)
      switch record.experiment {
      case .removeControl, .noData: break
      case .resizeControl(let size), .declareLength(let size), .limitDescriptors(let size):
        writer.field("to", size)
      case .addFlags(let flags), .removeFlags(let flags):
        writer.array("flags", flags.names) { $0.element($1) }
      case .dropDescriptor(let place): writer.field("at", place)
      case .replaceDescriptor(let place, let number):
        writer.field("at", place)
        writer.field("by", number)
      case .fail(let error): writer.field("error", error)
      }
      writer.array("changes", record.changes) { writer, change in
        writer.object { writer in
          writer.field("field", change.field)
          writer.field("was", change.was)
          writer.field("now", change.now)
        }
      }
    }
  }
}

extension ExperimentRecord {
  /// Reads it back; nil when it is of a kind that a newer version added.
  init?(_ value: JSONValue) {
    guard let experiment = Experiment(value) else { return nil }
    let changes = (value["changes"]?.array ?? []).compactMap { change -> Change? in
      guard let field = change["field"]?.string, let was = change["was"]?.string,
        let now = change["now"]?.string
      else { return nil }
      return Change(field, was: was, now: now)
    }
    self.init(experiment, changes: changes)
  }
}

extension Experiment {
  fileprivate init?(_ value: JSONValue) {
    let flags = MessageFlags(names: (value["flags"]?.array ?? []).compactMap(\.string))
    let size: Int? = value["to"]?.integer()
    let place: Int? = value["at"]?.integer()
    switch (value["name"]?.string, size, place) {
    case ("resize-control", let size?, _): self = .resizeControl(to: size)
    case ("remove-control", _, _): self = .removeControl
    case ("add-flags", _, _): self = .addFlags(flags)
    case ("remove-flags", _, _): self = .removeFlags(flags)
    case ("drop-descriptor", _, let place?): self = .dropDescriptor(at: place)
    case ("replace-descriptor", _, let place?):
      guard let number: Int32 = value["by"]?.integer() else { return nil }
      self = .replaceDescriptor(at: place, by: number)
    case ("declare-length", let size?, _): self = .declareLength(size)
    case ("no-data", _, _): self = .noData
    case ("limit-descriptors", let size?, _): self = .limitDescriptors(to: size)
    case ("fail", _, _):
      guard let error = value["error"]?.string else { return nil }
      self = .fail(error: error)
    default: return nil
    }
  }
}

/// The JSON form of a finding.
extension JSONWriter {
  mutating func finding(_ finding: Finding) {
    field("code", finding.code.rawValue)
    field("severity", finding.severity.rawValue)
    field("about", finding.about)
    if !finding.related.isEmpty { array("related", finding.related) { $0.element($1) } }
    if !finding.descriptors.isEmpty { array("fds", finding.descriptors) { $0.element($1) } }
    if !finding.evidence.isEmpty {
      object("evidence") { writer in
        for measure in finding.evidence { writer.field(named: measure.name, measure.value) }
      }
    }
    field("text", finding.text)
    field("cure", finding.cure)
  }
}

extension JSONLines {
  /// A severity that a newer version may have added counts as a warning.
  static func finding(_ value: JSONValue) -> Finding? {
    guard let code = value["code"]?.string, let about: Int = value["about"]?.integer(),
      let text = value["text"]?.string
    else { return nil }
    let measures = (value["evidence"]?.members ?? []).compactMap { name, value in
      value.integer().map { Finding.Measure(name, $0) }
    }
    return Finding(
      FindingCode(rawValue: code),
      value["severity"]?.string.flatMap(Finding.Severity.init) ?? .warning, about: about,
      related: (value["related"]?.array ?? []).compactMap { $0.integer() },
      descriptors: (value["fds"]?.array ?? []).compactMap { $0.integer() },
      evidence: measures, text: text, cure: value["cure"]?.string ?? "")
  }
}

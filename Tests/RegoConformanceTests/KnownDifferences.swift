/// Cases that are not expected to pass, with the reason.
enum KnownDifferences {
  static func reason(for test: ConformanceCase) -> String? {
    guard let note = test.text("note") else { return nil }
    for (prefix, reason) in reasons where note.hasPrefix(prefix) { return reason }
    return nil
  }

  /// By the beginning of the note.
  static let reasons: [(String, String)] = [
    ("invalidkeyerror/", "sends HTTP, which policies may not")
  ]
}

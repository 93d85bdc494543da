/// The forms that single values are written in.
enum SettingsText {
  /// `250ms`, `30s`, `5m`, `1h`, `7d`. A unit is required: `30` says nothing.
  static func duration(_ text: String) -> Duration? {
    guard let (count, unit) = numberAndUnit(text) else { return nil }
    let scale: Int64
    switch unit {
    case "ms": return count <= 1 << 53 ? .milliseconds(count) : nil
    case "s": scale = 1
    case "m": scale = 60
    case "h": scale = 3600
    case "d": scale = 86_400
    default: return nil
    }
    let (seconds, overflow) = Int64(count).multipliedReportingOverflow(by: scale)
    return overflow || seconds > 1 << 53 ? nil : .seconds(seconds)
  }

  /// `65536`, `16KiB`, `5GiB`, `1MB`: bytes.
  static func size(_ text: String) -> Int? {
    guard let (count, unit) = numberAndUnit(text) else { return nil }
    let scale: Int
    switch unit {
    case "", "B": scale = 1
    case "KiB": scale = 1 << 10
    case "MiB": scale = 1 << 20
    case "GiB": scale = 1 << 30
    case "TiB": scale = 1 << 40
    case "KB": scale = 1000
    case "MB": scale = 1_000_000
    case "GB": scale = 1_000_000_000
    case "TB": scale = 1_000_000_000_000
    default: return nil
    }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: scale)
    return overflow ? nil : bytes
  }

  /// Decimal digits only, no sign, no leading zeros but `0` itself.
  static func number(_ text: String) -> Int? {
    guard let (count, unit) = numberAndUnit(text), unit.isEmpty else { return nil }
    return count
  }

  private static func numberAndUnit(_ text: String) -> (Int, String)? {
    let bytes = Array(text.utf8)
    let digits = bytes.prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty, digits.count <= 18, digits.count == 1 || digits.first != 0x30 else { return nil }
    let count = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return (count, String(decoding: bytes[digits.count...], as: UTF8.self))
  }

  /// The inverse of ``duration(_:)``, for messages.
  static func text(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    if attoseconds != 0 { return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms" }
    for (unit, scale) in [("d", Int64(86_400)), ("h", 3600), ("m", 60)] where seconds > 0 && seconds % scale == 0 {
      return "\(seconds / scale)\(unit)"
    }
    return "\(seconds)s"
  }

  /// The inverse of ``size(_:)``, for messages.
  static func text(bytes: Int) -> String {
    for (unit, scale) in [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
    where bytes > 0 && bytes % scale == 0 {
      return "\(bytes / scale)\(unit)"
    }
    return "\(bytes)"
  }

  /// The candidate that `word` most likely was meant to be, by edit distance.
  static func closest(to word: String, among candidates: some Sequence<String>) -> String? {
    let allowed = max(1, (word.utf8.count + 2) / 4)
    return
      candidates
      .map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
      .filter { $0.1 <= allowed }
      .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
  }

  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    guard left.count <= 128, right.count <= 128 else { return Int.max }
    var row = Array(0...right.count)
    for (i, leftByte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, rightByte) in right.enumerated() {
        let substituted = diagonal + (leftByte == rightByte ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
      }
    }
    return row[right.count]
  }
}

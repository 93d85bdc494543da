import Glibc
import Logging
import Settings

/// Log lines on standard error, as text or JSON, one write each.
struct LineLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  private let isJSON: Bool

  init(label: String, settings: LoggingSettings) {
    logLevel = Logger.Level(rawValue: settings.level.rawValue) ?? .info
    isJSON = settings.format == .json
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    let pairs = all.sorted { $0.key < $1.key }
    let time = Self.timestamp()
    if isJSON {
      let extra = pairs.map { ",\(Self.quoted($0.key)):\(Self.quoted("\($0.value)"))" }.joined()
      StandardError.write(
        "{\"time\":\"\(time)\",\"level\":\"\(event.level)\",\"message\":\(Self.quoted("\(event.message)"))\(extra)}")
    } else {
      let extra = pairs.map { " \($0.key)=\(Self.plain("\($0.value)"))" }.joined()
      StandardError.write("\(time) \(event.level) \(event.message)\(extra)")
    }
  }

  /// UTC, RFC 3339, milliseconds.
  private static func timestamp() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var parts = tm()
    gmtime_r(&now.tv_sec, &parts)
    func pad(_ number: Int32, _ width: Int = 2) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
    return "\(pad(parts.tm_year + 1900, 4))-\(pad(parts.tm_mon + 1))-\(pad(parts.tm_mday))T\(pad(parts.tm_hour)):"
      + "\(pad(parts.tm_min)):\(pad(parts.tm_sec)).\(pad(Int32(now.tv_nsec / 1_000_000), 3))Z"
  }

  /// No line break or control byte of a client's can forge a line.
  private static func plain(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { $0 <= 0x20 || $0 == 0x22 || $0 == 0x7F }
    return needsQuotes ? quoted(text) : text
  }

  private static func quoted(_ text: String) -> String {
    var output = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let hex = String(scalar.value, radix: 16)
          output += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        } else {
          output.unicodeScalars.append(scalar)
        }
      }
    }
    return output + "\""
  }
}

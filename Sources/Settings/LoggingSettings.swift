/// `logging`: the program's own log, on standard error.
public struct LoggingSettings: Hashable, Sendable {
  /// The levels of swift-log.
  public enum Level: String, CaseIterable, Hashable, Sendable {
    case trace, debug, info, notice, warning, error, critical
  }

  public enum Format: String, CaseIterable, Hashable, Sendable {
    case text, json
  }

  public let level: Level
  public let format: Format

  init(_ reader: SectionReader) {
    level = reader.choice("level", default: .info)
    format = reader.choice("format", default: .text)
  }
}

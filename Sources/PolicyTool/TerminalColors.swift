import Glibc

/// Colors for a terminal, and for nothing else.
public struct TerminalColors: Sendable {
  public enum Style: String, Sendable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case faint = "2"
  }

  private let isOn: Bool

  public static let none = TerminalColors(isOn: false)

  private init(isOn: Bool) { self.isOn = isOn }

  /// For standard output, where it is a terminal that has colors and `NO_COLOR` is not set (no-color.org).
  public static var standardOutput: TerminalColors { TerminalColors(descriptor: STDOUT_FILENO) }
  public static var standardError: TerminalColors { TerminalColors(descriptor: STDERR_FILENO) }

  private init(descriptor: Int32) {
    let refused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    let terminal = getenv("TERM").map { String(cString: $0) } ?? ""
    isOn = isatty(descriptor) == 1 && !refused && !terminal.isEmpty && terminal != "dumb"
  }

  public func paint(_ text: String, _ style: Style) -> String {
    isOn ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}

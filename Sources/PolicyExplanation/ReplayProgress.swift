import Glibc

/// How far a replay is, on one line of a terminal: bytes of files, rate and the time that is left.
public struct ReplayProgress: ~Copyable {
  private let isShown: Bool
  private let bytesTotal: Int64
  private let start = ContinuousClock.now
  private var shown = ContinuousClock.now
  private static let interval = Duration.milliseconds(200)
  private static let cells = 30

  /// Shown where standard error is a terminal, and nowhere else.
  public init(bytesTotal: Int64) {
    isShown = isatty(STDERR_FILENO) == 1
    self.bytesTotal = bytesTotal
  }

  public mutating func show(bytes: Int64) {
    guard isShown else { return }
    let now = ContinuousClock.now
    guard now - shown >= Self.interval else { return }
    shown = now
    let text = "\r\u{1B}[K" + Self.text(bytes: bytes, of: bytesTotal, after: now - start)
    write(text)
  }

  public func end() { if isShown { write("\r\u{1B}[K") } }

  private func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  static func text(bytes: Int64, of total: Int64, after duration: Duration) -> String {
    let (whole, fraction) = duration.components
    let seconds = max(0.001, Double(whole) + Double(fraction) / 1e18)
    let rate = Double(bytes) / seconds
    let speed = "\(megabytes(Double(bytes))) MB, \(megabytes(rate)) MB/s"
    guard total > 0 else { return speed }
    let share = min(1, Double(bytes) / Double(total))
    let filled = Int(share * Double(cells))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: cells - filled)
    let left = rate > 0 ? Int((Double(max(0, total - bytes)) / rate).rounded(.up)) : 0
    let minutes = left / 60
    let rest = left % 60
    return "[\(bar)] \(Int(share * 100))%  \(speed)  ETA \(minutes):\(rest < 10 ? "0" : "")\(rest)"
  }

  private static func megabytes(_ bytes: Double) -> String {
    let tenths = Int((bytes / 1e5).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}

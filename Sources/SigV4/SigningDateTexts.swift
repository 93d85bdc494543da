/// The basic form of dates, made once for the requests of one second. One per event loop.
final class SigningDateTexts {
  private var seconds = Int64.min
  private var text: [UInt8] = []

  /// Appends what ``SigningDate/appendBasic(to:)`` does.
  func appendBasic(_ date: SigningDate, to output: inout [UInt8]) {
    if date.unixSeconds != seconds {
      text.removeAll(keepingCapacity: true)
      date.appendBasic(to: &text)
      seconds = date.unixSeconds
    }
    output.append(contentsOf: text)
  }
}

@available(*, unavailable)
extension SigningDateTexts: Sendable {}

import COpenSSL

/// An entry of OpenSSL's error queue, without its free text (which can quote file contents).
public struct OpenSSLReason: Equatable, Sendable, CustomStringConvertible {
  /// The packed code, as `openssl errstr` takes it; 0 when OpenSSL gave none.
  public let code: UInt
  public let library: String
  public let reason: String

  public var description: String { "\(library): \(reason)" }

  init(code: UInt) {
    self.code = code
    self.library = ERR_lib_error_string(code).map { String(cString: $0) } ?? "unknown"
    self.reason = ERR_reason_error_string(code).map { String(cString: $0) } ?? "no reason given"
  }

  /// Takes the newest entry and empties the queue, which is per thread and shared with everything else that calls
  /// OpenSSL: older entries may be someone else's.
  static func takeLast() -> OpenSSLReason {
    let code = ERR_peek_last_error()
    ERR_clear_error()
    return OpenSSLReason(code: code)
  }
}

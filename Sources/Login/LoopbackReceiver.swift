import Glibc
import S3Model
import S3Wire

/// Takes the browser's answer on a port of this machine alone (RFC 8252 section 7.3).
///
/// Whatever else asks, a favicon or a stranger's page, gets 404 and changes nothing; only the answer with the `state` of
/// this login counts. Blocking, for a command that waits for nothing else.
struct LoopbackReceiver {
  enum Answer: Equatable {
    case code(String)
    /// The provider's refusal (RFC 6749 section 4.1.2.1).
    case refusal(code: String, description: String)
  }

  let port: UInt16
  private let descriptor: Int32

  private static let requestBytesMax = 16_384

  init() throws(LoginError) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .file(path: "127.0.0.1", errno: errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isListening else {
      let number = errno
      Glibc.close(descriptor)
      throw .file(path: "127.0.0.1", errno: number)
    }
    self.descriptor = descriptor
    port = UInt16(bigEndian: address.sin_port)
  }

  func close() { Glibc.close(descriptor) }

  /// Waits for the browser.
  func wait(state: String, patience: Duration) throws(LoginError) -> Answer {
    let end = ContinuousClock.now + patience
    while isReadable(descriptor, until: end) {
      let connection = accept(descriptor, nil, nil)
      guard connection >= 0 else { continue }
      defer { Glibc.close(connection) }
      // A browser opens connections in advance and says nothing on them.
      let target = target(of: connection, until: min(end, ContinuousClock.now + .seconds(5)))
      guard let target, let answer = Self.answer(target, state: state) else {
        Self.reply(connection, "404 Not Found", "This is not the login that was begun.")
        continue
      }
      switch answer {
      case .code: Self.reply(connection, "200 OK", "You are logged in. This window can be closed.")
      case .refusal: Self.reply(connection, "200 OK", "The login was refused; the terminal says why.")
      }
      return answer
    }
    throw .timedOut
  }

  /// What a target means; nil when it is not the answer to this login.
  static func answer(_ target: String, state: String) -> Answer? {
    guard target.hasPrefix("/callback?") else { return nil }
    let parameters: FormParameters
    do throws(S3WireError) {
      parameters = try FormParameters(Array(target.utf8.dropFirst("/callback?".utf8.count)))
    } catch {
      return nil
    }
    func value(_ name: String) -> String? {
      parameters.parameters.first { $0.name.bytes.elementsEqual(name.utf8) }?.value.text
    }
    guard let found = value("state"), found.utf8.elementsEqual(state.utf8) else { return nil }
    if let code = value("error") {
      return .refusal(
        code: QueryRefusal.printable(code), description: QueryRefusal.printable(value("error_description") ?? ""))
    }
    guard let code = value("code"), !code.isEmpty else { return nil }
    return .code(code)
  }

  /// The target of a GET, once its head is complete; nil for anything else.
  private func target(of connection: Int32, until end: ContinuousClock.Instant) -> String? {
    var head: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard head.count < Self.requestBytesMax, isReadable(connection, until: end) else { return nil }
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      head += buffer[..<count]
    }
    let line = head.prefix { $0 != 0x0D }.split(separator: 0x20)
    guard line.count == 3, line[0].elementsEqual("GET".utf8) else { return nil }
    return String(decoding: line[1], as: UTF8.self)
  }

  private func isReadable(_ descriptor: Int32, until end: ContinuousClock.Instant) -> Bool {
    while true {
      let left = ContinuousClock.now.duration(to: end).components
      let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else { return false }
      var events = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let count = poll(&events, 1, Int32(min(milliseconds, 60_000)))
      if count > 0 { return true }
      if count < 0, errno != EINTR { return false }
    }
  }

  private static func reply(_ connection: Int32, _ status: String, _ text: String) {
    let page = "<!doctype html><meta charset=utf-8><title>Martlet</title><p>\(text)</p>\n"
    let answer =
      "HTTP/1.1 \(status)\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: \(page.utf8.count)\r\n"
      + "Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\n"
      + "Connection: close\r\n\r\n\(page)"
    let bytes = Array(answer.utf8)
    // A browser that went away needs no page.
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    shutdown(connection, Int32(SHUT_WR))
  }
}

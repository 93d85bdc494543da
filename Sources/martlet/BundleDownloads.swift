import Cryptography
import Glibc
import HTTPClient
import HTTPWire
import NIOCore
import NIOPosix
import S3Model
import Settings
import Synchronization

/// Bundles on servers: each is asked for in its time, and what came is kept in a folder once it is known to be good.
final class BundleDownloads: Sendable {
  /// What came of one look.
  enum Outcome: Sendable {
    case unchanged
    case archive([UInt8], etag: String?)
    case failed(String)
  }

  private struct Entry {
    /// Of the last archive that came, good or not: it need not come again.
    var etag: String?
    var digest: String?
    var failures = 0
    var due = ContinuousClock.now
    var isUnderWay = false
  }

  private struct State {
    var entries: [HTTPURL: Entry] = [:]
    var arrived: [(url: HTTPURL, outcome: Outcome)] = []
  }

  private let folder: String
  private let state = Mutex(State())

  init(folder: String) { self.folder = folder }

  /// Where the last good archive of a URL is kept.
  func path(_ url: HTTPURL) -> String {
    let name = Array(url.description.utf8).withUnsafeBytes { SHA256Hasher.hash($0).description }
    return "\(folder)/\(name).tar.gz"
  }

  func isKept(_ url: HTTPURL) -> Bool { access(path(url), R_OK) == 0 }

  // MARK: Asking

  /// Starts what is due. The outcomes are to be had from ``takeArrived()``.
  func startDue(_ settings: AuthorizationSettings) {
    let now = ContinuousClock.now
    for url in settings.bundleURLs {
      let etag = state.withLock { state -> String?? in
        var entry = state.entries[url] ?? Entry()
        guard !entry.isUnderWay, entry.due <= now else { return nil }
        entry.isUnderWay = true
        state.entries[url] = entry
        return .some(entry.etag)
      }
      guard let etag else { continue }
      fetch(url, etag: etag, settings.bundleServer).whenComplete { result in
        self.state.withLock { $0.arrived.append((url, Self.outcome(result))) }
      }
    }
  }

  func takeArrived() -> [(url: HTTPURL, outcome: Outcome)] {
    state.withLock { state in
      defer { state.arrived = [] }
      return state.arrived
    }
  }

  /// Asks now, and waits. For the start.
  func fetch(_ url: HTTPURL, _ settings: BundleServerSettings) -> Outcome {
    Self.outcome(Result { try fetch(url, etag: nil, settings).wait() })
  }

  /// Takes note of what came, and when to look again.
  /// - Returns: whether it is another archive than the last one that came.
  func note(_ url: HTTPURL, _ outcome: Outcome, _ settings: BundleServerSettings) -> Bool {
    state.withLock { state in
      var entry = state.entries[url] ?? Entry()
      defer { state.entries[url] = entry }
      entry.isUnderWay = false
      var isNew = false
      switch outcome {
      case .failed: entry.failures += 1
      case .unchanged: entry.failures = 0
      case .archive(let bytes, let etag):
        entry.failures = 0
        entry.etag = etag
        let digest = bytes.withUnsafeBytes { SHA256Hasher.hash($0).description }
        isNew = digest != entry.digest
        entry.digest = digest
      }
      var pause = settings.pollInterval
      // A server in trouble is asked less and less often.
      if entry.failures > 0 {
        pause = min(pause * (1 << min(entry.failures - 1, 10)), max(pause, Self.pauseMax))
      }
      entry.due = .now + pause * Double.random(in: 0.9...1.1)
      return isNew
    }
  }

  /// The next look fetches everything: what was refused may be good now.
  func forget() {
    state.withLock { state in
      for url in state.entries.keys {
        state.entries[url]?.etag = nil
        state.entries[url]?.digest = nil
      }
    }
  }

  private static let pauseMax = Duration.seconds(300)

  private func fetch(
    _ url: HTTPURL, etag: String?, _ settings: BundleServerSettings
  ) -> EventLoopFuture<HTTPClientAnswer> {
    let group = MultiThreadedEventLoopGroup.singleton
    do {
      // Made for each look, so that changed certificates and tokens count.
      var fields: [(name: String, value: String)] = []
      if let token = try settings.server.loadToken() { fields.append(("Authorization", "Bearer \(token)")) }
      if let etag { fields.append(("If-None-Match", etag)) }
      let requester = HTTPRequester(try HTTPEndpoint(url, settings.server), group: group)
      let answer = requester.send(
        HTTPClientRequest(.get, url.target, fields: fields), timeout: settings.timeout,
        answerBytesMax: settings.archiveBytesMax)
      answer.whenComplete { _ in requester.shutDown() }
      return answer
    } catch {
      return group.any().makeFailedFuture(error)
    }
  }

  private static func outcome(_ result: Result<HTTPClientAnswer, any Error>) -> Outcome {
    switch result {
    case .failure(let error): return .failed("\(error)")
    case .success(let answer):
      switch answer.status {
      case 200: return .archive(Array(answer.body.readableBytesView), etag: answer.fields.string(.etag))
      case 304: return .unchanged
      default: return .failed("status \(answer.status)")
      }
    }
  }

  // MARK: Keeping

  /// Writes an archive beside the kept one.
  /// - Returns: its path.
  func write(_ bytes: [UInt8], _ url: HTTPURL) throws(AssemblyError) -> String {
    if mkdir(folder, 0o700) != 0, errno != EEXIST {
      throw .folder(path: folder, reason: String(cString: strerror(errno)))
    }
    let path = path(url) + ".new"
    unlink(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
    return path
  }

  /// The archive written last is good and stays.
  func keep(_ url: HTTPURL) throws(AssemblyError) {
    let path = path(url)
    guard rename(path + ".new", path) == 0 else {
      throw .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
  }

  func drop(_ url: HTTPURL) { unlink(path(url) + ".new") }
}

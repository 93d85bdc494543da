import Synchronization

/// Keeps a ``ClientCertificateTrust`` that follows its files: each use looks whether they changed. Blocks; not for event
/// loops.
public final class ClientCertificateFiles: Sendable {
  public struct Paths: Sendable, Equatable {
    public var authorities: String
    public var intermediates: String?
    public var revocationLists: [String]

    public init(authorities: String, intermediates: String? = nil, revocationLists: [String] = []) {
      self.authorities = authorities
      self.intermediates = intermediates
      self.revocationLists = revocationLists
    }

    fileprivate var all: [String] { [authorities] + (intermediates.map { [$0] } ?? []) + revocationLists }
  }

  private struct State {
    var trust: ClientCertificateTrust?
    var loaded: [FileFingerprint?] = []
    var refused: [FileFingerprint?]?
  }

  public let paths: Paths
  private let state = Mutex(State())

  public init(_ paths: Paths) { self.paths = paths }

  /// What the files say, or said when they could last be read: revocation lists end by themselves, so what is kept is
  /// never trusted longer than it says.
  /// - Parameter report: told why files that changed cannot be used, once for the same files.
  public func current(report: (TLSError) -> Void) -> ClientCertificateTrust? {
    // Taken before reading: a file that changes meanwhile differs from this next time.
    let fingerprints = paths.all.map { FileFingerprint($0) }
    let (known, loaded, refused) = state.withLock { ($0.trust, $0.loaded, $0.refused) }
    if known != nil, fingerprints == loaded { return known }
    do throws(TLSError) {
      var lists: [[UInt8]] = []
      for path in paths.revocationLists { lists.append(try FileAccess.read(path, bytesMax: Self.listBytesMax)) }
      let trust = try ClientCertificateTrust(
        authorities: try FileAccess.read(paths.authorities),
        intermediates: try paths.intermediates.map { path throws(TLSError) in try FileAccess.read(path) },
        revocationLists: lists)
      state.withLock { $0 = State(trust: trust, loaded: fingerprints) }
      return trust
    } catch {
      if fingerprints != refused {
        state.withLock { $0.refused = fingerprints }
        report(error)
      }
      return known
    }
  }

  /// Large companies revoke much.
  private static let listBytesMax = 32 << 20
}

import Authorization
import Cryptography
import S3Model

/// Verified bearer tokens of one event loop, by their SHA-256, and the callers they stood for last.
///
/// Bounded by two generations, as sessions are.
final class BearerCache {
  /// One token's.
  final class Entry {
    let proof: BearerProof
    /// What followed from the proof in one snapshot and one role, or without one; trust and revocation are looked up all the same.
    var caller: (revision: UInt64, roleID: ByteString?, caller: Caller)?

    init(_ proof: BearerProof) { self.proof = proof }
  }

  private let generationCountMax: Int
  private var young: [SHA256Digest: Entry] = [:]
  private var old: [SHA256Digest: Entry] = [:]

  init(countMax: Int = 4096) { generationCountMax = max(1, countMax / 2) }

  var count: Int { young.count + old.count }

  /// - Parameter now: in milliseconds since 1970.
  func entry(_ token: SHA256Digest, _ federation: Federation, atMilliseconds now: Int64) -> Entry? {
    guard let entry = young[token] ?? old[token] else { return nil }
    guard now < entry.proof.verifiedUntilMilliseconds, federation.upholds(entry.proof) else {
      young[token] = nil
      old[token] = nil
      return nil
    }
    if old.removeValue(forKey: token) != nil { insert(entry, token) }
    return entry
  }

  func insert(_ entry: Entry, _ token: SHA256Digest) {
    if young.count >= generationCountMax {
      old = young
      young = [:]
    }
    young[token] = entry
  }
}

@available(*, unavailable)
extension BearerCache: Sendable {}

import Cryptography

/// Ties an authorization code to whoever asked for it (RFC 7636), and the answer to its question (`state`, `nonce`).
struct ProofKey: Sendable {
  /// 43 characters, 256 random bits (section 4.1).
  let verifier: String
  /// `S256` of the verifier (section 4.2).
  let challenge: String
  let state: String
  let nonce: String

  init() throws(CryptographyError) {
    func text() throws(CryptographyError) -> String { Base64.encode(try SecureRandom.bytes(32), .urlSafe) }
    self.init(verifier: try text(), state: try text(), nonce: try text())
  }

  init(verifier: String, state: String, nonce: String) {
    self.verifier = verifier
    self.state = state
    self.nonce = nonce
    let hasher = SHA256Hasher()
    hasher.update(Array(verifier.utf8))
    challenge = Base64.encode(hasher.finish().bytes, .urlSafe)
  }
}

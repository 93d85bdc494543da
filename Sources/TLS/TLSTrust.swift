import COpenSSL

/// The certificate authorities that a peer's certificate must lead to.
public enum TLSTrust: Sendable, Equatable {
  /// The machine's store (`/etc/ssl/certs` on Debian).
  case system
  /// Only the certificates of this PEM file.
  case file(String)
  /// Only these certificates (PEM).
  case pem([UInt8])

  func apply(to context: OpaquePointer) throws(TLSError) {
    switch self {
    case .system:
      guard SSL_CTX_set_default_verify_paths(context) == 1 else { throw .libraryFailure(.takeLast()) }
    case .file(let path):
      try Self.add(try FileAccess.read(path), to: context)
    case .pem(let text):
      try Self.add(text, to: context)
    }
  }

  private static func add(_ text: [UInt8], to context: OpaquePointer) throws(TLSError) {
    let certificates = try PEM.certificates(text)
    defer { certificates.forEach(X509_free) }
    guard let store = SSL_CTX_get_cert_store(context) else { throw .libraryFailure(.takeLast()) }
    for certificate in certificates where X509_STORE_add_cert(store, certificate) != 1 {
      throw .libraryFailure(.takeLast())
    }
  }
}

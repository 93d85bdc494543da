import Backend
import Settings

/// Which store each bucket lives in.
struct BackendRoutes: Sendable {
  let backends: [any StorageBackend]
  private let patterns: [(pattern: BucketPattern, backend: any StorageBackend)]
  private let fallback: (any StorageBackend)?

  /// - Parameter settings: names in routes are checked to be declared when settings are decoded.
  init(settings: GatewaySettings, backends: [any StorageBackend]) {
    self.backends = backends
    func named(_ name: String) -> (any StorageBackend)? { backends.first { $0.name == name } }
    patterns = settings.routes.compactMap { route in named(route.backend).map { (route.buckets, $0) } }
    fallback = settings.defaultBackend.flatMap(named)
  }

  /// Nil where a bucket of that name belongs nowhere.
  func backend(for bucket: String) -> (any StorageBackend)? {
    for (pattern, backend) in patterns where pattern.matches(bucket.utf8Bytes) { return backend }
    return fallback
  }

  /// Whether ListBuckets needs no filter: one store, and every bucket routed to it.
  var isSingle: Bool { backends.count == 1 && patterns.isEmpty && fallback != nil }
}

extension String {
  fileprivate var utf8Bytes: [UInt8] { Array(utf8) }
}

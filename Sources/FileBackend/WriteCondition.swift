import Backend
import S3Model

/// What must hold of the present object for a write to happen; asked under the key's lock, so that it is atomic.
struct WriteCondition: Sendable {
  /// `If-None-Match: *`: there must be none.
  var mustBeAbsent = false
  /// `If-Match`: its ETag, without quotes; `*` for any.
  var etag: [UInt8]?

  /// Source: Amazon S3 User Guide, "Conditional writes".
  func check(_ current: ObjectRecord?) throws(BackendFailure) {
    if mustBeAbsent, current != nil { throw Self.failed("If-None-Match") }
    guard let etag else { return }
    guard let current else { throw .refused(.noSuchKey) }
    if etag != [0x2A], etag != current.etag.text { throw Self.failed("If-Match") }
  }

  static func failed(_ header: String) -> BackendFailure {
    .refused(StoreError(.preconditionFailed, details: [(name: "Condition", value: header)]))
  }
}

import Authorization
import S3Model
import S3Wire

/// What a DeleteObjects asks for, entry by entry, and what was decided about each.
struct Deletions {
  private(set) var document = DeleteObjectsRequest(entries: [])
  /// In the order of the document's entries.
  private(set) var accesses: [[Access]] = []
  /// Whether the entry is allowed: every access of it.
  private(set) var allowed: [Bool] = []

  init() {}

  init(document: DeleteObjectsRequest, accesses: [[Access]]) {
    self.document = document
    self.accesses = accesses
  }

  /// - Parameter decisions: one for each entry, in order. Where one is missing, nothing is allowed.
  mutating func take(_ decisions: [Decision]) {
    allowed = accesses.indices.map { index in
      !accesses[index].isEmpty && index < decisions.count && decisions[index].isAllowed
    }
  }

  /// The document with the allowed entries alone.
  var allowedDocument: DeleteObjectsRequest {
    DeleteObjectsRequest(
      entries: zip(document.entries, allowed).filter(\.1).map(\.0), isQuiet: document.isQuiet)
  }

  /// The accesses of the entries that are not deleted.
  var deniedAccesses: [Access] { zip(accesses, allowed).filter { !$0.1 }.flatMap(\.0) }

  var denied: [DeleteObjectsRequest.Entry] { zip(document.entries, allowed).filter { !$0.1 }.map(\.0) }
}

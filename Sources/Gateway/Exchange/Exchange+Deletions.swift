import Authorization
import Backend
import S3Model
import S3Wire

/// DeleteObjects: the allowed keys go to the store, the denied ones into the result, key by key as on AWS.
extension Exchange {
  func forwardDeletions() throws(ExchangeFailure) {
    guard let authorized else {
      respondDeletions(DeleteResult())
      return
    }
    let backend = try self.backend(for: authorized.request)
    if !backend.isByteExact {
      for entry in deletions.allowedDocument.entries where KeySegments.areFoldable(entry.key) { throw .keyNotExact }
    }
    collect(
      authorized, on: backend, document: deletions.allowedDocument.document, bytesMax: Self.resultBytesMax
    ) { exchange, result in
      switch result {
      case .failure(let failure): exchange.fail(.backend(failure))
      case .success(let answer):
        do throws(XMLFault) {
          exchange.respondDeletions(try DeleteResult(document: answer.body))
        } catch {
          exchange.fail(.backend(.malformedResponse(reason: "DeleteResult: \(error)")))
        }
      }
    }
  }

  /// A thousand keys of a kilobyte, escaped.
  private static let resultBytesMax = 8 << 20

  private func respondDeletions(_ result: DeleteResult) {
    var result = result
    for entry in deletions.denied {
      result.failures.append(.init(key: entry.key, versionID: entry.versionID, .accessDenied))
    }
    respond(status: 200, contentType: "application/xml", body: result.document)
  }
}

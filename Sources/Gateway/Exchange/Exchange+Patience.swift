import Backend
import HTTPWire
import NIOCore
import S3Model

/// Copies and completed uploads can take minutes, in which clients and proxies would give up.
///
/// As S3 does, the answer then begins before its end is known: status 200, the XML declaration, and white space as long as
/// it takes. What comes of it, an error too, is in the document; headers that only the store knows are lost.
/// Source: Amazon S3 API Reference, CompleteMultipartUpload and CopyObject.
extension Exchange {
  /// Before the first sign of life, and between two. Clients wait 60 seconds for a byte, as a rule.
  static let patience = TimeAmount.seconds(10)

  func askForPatience() {
    switch request?.operation {
    case .copyObject, .uploadPartCopy, .completeMultipartUpload: scheduleSignOfLife()
    default: break
    }
  }

  private func scheduleSignOfLife() {
    response.signOfLife = worker.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { self.showLife() }
  }

  private func showLife() {
    guard !response.isOver else { return }
    if !response.hasBegun {
      var fields = ResponseFields()
      fields.append(.contentType, "application/xml")
      beginResponse(status: 200, fields: fields.bytes, contentLength: nil)
      writeBody(ByteBuffer(staticString: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"))
      response.isShowingLife = true
    } else if response.isShowingLife {
      writeBlank()
    } else {
      return
    }
    connection?.flush()
    scheduleSignOfLife()
  }

  private func writeBlank() {
    response.isShowingLife = false
    writeBody(ByteBuffer(staticString: " "))
    response.isShowingLife = true
  }

  /// The document without its declaration, which has been sent. Documents come whole.
  func withoutDeclaration(_ document: ByteBuffer) -> ByteBuffer {
    var rest = document
    let text = document.readableBytesView
    guard text.starts(with: "<?xml".utf8),
      let end = zip(text.indices, text.indices.dropFirst()).first(where: { text[$0] == 0x3F && text[$1] == 0x3E })
    else { return document }
    rest.moveReaderIndex(to: end.1 + 1)
    return rest
  }
}

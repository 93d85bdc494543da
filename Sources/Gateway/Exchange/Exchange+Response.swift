import Authorization
import Backend
import HTTPWire
import NIOCore
import S3Model
import S3Wire
import SigV4

/// Writing the response: heads, bodies, errors. Every exchange ends in ``finish()``, once.
extension Exchange {
  // MARK: Complete responses

  /// A response whose body is at hand.
  func respond(status: UInt16, contentType: StaticString?, body bytes: [UInt8], fields: ResponseFields? = nil) {
    var fields = fields ?? ResponseFields()
    if let contentType { contentType.withUTF8Buffer { fields.append(.contentType, $0) } }
    beginResponse(status: status, fields: fields.bytes, contentLength: UInt64(bytes.count))
    if !bytes.isEmpty, head.method != .head { writeBody(ByteBuffer(bytes: bytes)) }
    endResponse()
  }

  /// Refuses the exchange. Before the response head an error document is sent; after it the connection is cut, so
  /// that the client never takes a part for the whole.
  func fail(_ failure: ExchangeFailure) {
    guard !response.isOver, self.failure == nil else { return }
    self.failure = failure
    call?.cancel()
    call = nil
    body.withheld = nil
    body.destination = .none
    if failure.distrustsConnection { connection?.closeAfterResponse() }
    if response.hasBegun, !response.isShowingLife {
      response.isOver = true
      let connection = self.connection
      self.connection = nil
      connection?.abort()
      finish()
      return
    }
    var reply = ErrorMapping.reply(failure, service: service, now: now)
    addNames(to: &reply)
    if asksForTicket(failure) {
      reply.status = 401
      var fields = ResponseFields()
      fields.append(.wwwAuthenticate, "Negotiate")
      response.extraFields += fields.bytes
    }
    response.errorCode = reply.code
    respond(reply, failure)
  }

  private func respond(_ reply: ErrorReply, _ failure: ExchangeFailure) {
    var fields = ResponseFields()
    if case .backend(.refused(let error)) = failure { fields = error.fields }
    // A HEAD has no document that could say which region to sign for.
    if case .signature(.wrongRegion(_, _, let region)) = failure, service == .s3 {
      fields.append(.xAmzBucketRegion, region.bytes)
    }
    let path = head.fields.bytes.isEmpty ? "" : head.fields.withBytes(head.path) { ByteString($0.prefix(2048)) }
    let document = reply.document(
      service, resource: path, requestID: requestID, hostID: String(decoding: worker.hostID, as: UTF8.self))
    // A response to HEAD has no body: the code goes with the status alone, as on S3.
    respond(
      status: reply.status, contentType: service == .s3 ? "application/xml" : "text/xml", body: document,
      fields: fields)
  }

  // MARK: Streamed responses

  /// - Parameters:
  ///   - fields: serialized header lines.
  ///   - contentLength: nil when not known: chunked then, or until close for HTTP/1.0.
  func beginResponse(status: UInt16, fields: [UInt8], contentLength: UInt64?) {
    guard let connection, !response.hasBegun else { return }
    response.hasBegun = true
    response.status = status
    let hasBody = head.method != .head && status != 204 && status != 304
    let framing: ResponseHeadWriter.Framing
    if status == 204 || status == 304 {
      framing = .none
    } else if let contentLength {
      framing = .contentLength(contentLength)
      response.remaining = hasBody ? contentLength : 0
    } else if head.minorVersion == 1 {
      framing = .chunked
      response.isChunked = hasBody
    } else {
      framing = .untilClose
      connection.closeAfterResponse()
    }
    let keepsAlive = connection.beginResponse()
    let small = Int(min(contentLength ?? 0, 16_384))
    let fields = withAddedFields(fields)
    var buffer = worker.takeResponseBuffer(640 + fields.count + small, connection.allocator)
    writeHead(status, fields, framing, keepsAlive, &buffer)
    response.pending = buffer
  }

  /// What the gateway adds, and what policy obliges to: that replaces what comes from elsewhere, so that no header is
  /// there twice.
  private func withAddedFields(_ fields: [UInt8]) -> [UInt8] {
    if response.extraFields.isEmpty, obligations.responseHeaders.isEmpty { return fields }
    var all = ResponseFields(lines: fields + response.extraFields)
    for header in obligations.responseHeaders { all.replace(name: header.name, value: header.value) }
    return all.bytes
  }

  private func writeHead(
    _ status: UInt16, _ fields: [UInt8], _ framing: ResponseHeadWriter.Framing, _ keepsAlive: Bool,
    _ buffer: inout ByteBuffer
  ) {
    fields.withUnsafeBytes {
      worker.headWriter(at: now).write(
        status: status, requestID: requestID, fields: $0, framing: framing, keepsAlive: keepsAlive, to: &buffer)
    }
  }

  func writeBody(_ body: ByteBuffer) {
    var bytes = body
    if response.isShowingLife {
      response.isShowingLife = false
      bytes = withoutDeclaration(body)
    }
    guard let connection, !response.isOver, bytes.readableBytes > 0 else { return }
    if let remaining = response.remaining {
      // More than was announced would be read as the next response.
      guard UInt64(bytes.readableBytes) <= remaining else {
        fail(.backend(.malformedResponse(reason: "the body is longer than announced")))
        return
      }
      response.remaining = remaining - UInt64(bytes.readableBytes)
    }
    response.bytesSent += UInt64(bytes.readableBytes)
    if response.isChunked {
      flushHead()
      connection.write(ChunkFraming.prefix(bytes.readableBytes))
      connection.write(bytes)
      connection.write(ChunkFraming.lineEnd)
    } else if var pending = response.pending, pending.writableBytes >= bytes.readableBytes {
      response.pending = nil
      pending.writeImmutableBuffer(bytes)
      connection.write(pending)
      worker.keepResponseBuffer(pending)
    } else {
      flushHead()
      connection.write(bytes)
    }
  }

  private func flushHead() {
    guard let pending = response.pending else { return }
    response.pending = nil
    connection?.write(pending)
    worker.keepResponseBuffer(pending)
  }

  func endResponse() {
    guard !response.isOver, let connection else { return }
    if let remaining = response.remaining, remaining > 0 {
      fail(.backend(.brokeOff(reason: "the body is shorter than announced")))
      return
    }
    flushHead()
    if response.isChunked { connection.write(ChunkFraming.end) }
    response.isOver = true
    self.connection = nil
    connection.endResponse(at: finish())
  }

  // MARK: The client's side

  /// The connection is gone: nobody waits for an answer.
  func clientIsGone() {
    guard !response.isOver else { return }
    connection = nil
    response.isOver = true
    if failure == nil { failure = .clientGone }
    call?.cancel()
    call = nil
    finish()
  }

  func clientIsWritable(_ isWritable: Bool) {
    call?.setReading(isWritable)
    if isWritable { connection?.noteProgress() } else { connection?.noteStalled() }
  }

  /// The client did not read for the whole body timeout.
  func clientStalled() {
    guard response.hasBegun, !response.isOver else { return }
    fail(.requestTimedOut)
  }
}

/// The chunked transfer coding of responses whose length is not known.
enum ChunkFraming {
  static let lineEnd = ByteBuffer(staticString: "\r\n")
  static let end = ByteBuffer(staticString: "0\r\n\r\n")

  static func prefix(_ count: Int) -> ByteBuffer {
    ByteBuffer(string: String(count, radix: 16) + "\r\n")
  }
}

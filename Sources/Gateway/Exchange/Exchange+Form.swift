import Authorization
import Backend
import HTTPWire
import NIOCore
import S3Model
import S3Wire
import SigV4

/// POST Object: the fields say who and what, then the file streams to the store like any other upload.
///
/// Source: Amazon S3 API Reference, "POST Object".
extension Exchange {
  func beginForm() throws(ExchangeFailure) -> Stage {
    // A form carries its own signature; another in the headers would be a second opinion.
    guard claim == nil else { throw .signature(.severalMechanisms) }
    guard case .contentLength = head.framing else { throw .missingContentLength }
    let contentType = request?.header(.contentType) ?? ""
    body.form = try wire { () throws(S3WireError) in try FormUpload(contentType: contentType) }
    body.destination = .form
    connection?.setBodyReading(true)
    return .wait
  }

  func receiveForm(_ piece: ByteBuffer) throws(ExchangeFailure) {
    body.form?.received += UInt64(piece.readableBytes)
    piece.withUnsafeReadableBytes { body.form?.parser.receive($0) }
    try readForm()
  }

  /// Takes events until more bytes are needed, or until the decision must be waited for.
  private func readForm() throws(ExchangeFailure) {
    while body.form?.isDeciding == false, failure == nil {
      switch try wire({ () throws(S3WireError) in try body.form?.parser.next() }) {
      case nil: return
      case .field(let name, let value):
        try wire { () throws(S3WireError) in try body.form?.form.add(name: name, value: value) }
      case .fileStart(let fileName, _): try beginFile(fileName)
      case .fileBytes(let bytes): try receiveFile(bytes)
      case .fileEnd, .end: break
      }
    }
  }

  /// All fields are here: verify, turn the form into the write it asks for, and decide.
  private func beginFile(_ fileName: ByteString) throws(ExchangeFailure) {
    guard var upload = body.form, let request, let bucket = request.bucket,
      case .contentLength(let total) = head.framing
    else { return }
    let key = try wire { () throws(S3WireError) in try upload.form.key(fileName: fileName) }
    let fields = upload.form.fields.map { field in
      PostForm.Field(name: field.name, value: field.name == "key" ? key : field.value)
    }
    upload.verified = try verifyForm(PostForm(fields), bucket: bucket)
    let write = try wire { () throws(S3WireError) in try upload.form.putObject(for: request, fileName: fileName) }
    let checks = try signed { () throws(SigV4Error) in try BodyChecks(write.head) }
    body.decoder = PayloadDecoder(.unsigned, checks: checks)
    // The file ends where the closing boundary begins; fields behind the file are not served.
    let before = upload.received - UInt64(upload.parser.unreadBytes) + UInt64(upload.parser.closingBytes)
    guard total >= before else { throw .wire(.malformedForm) }
    upload.fileLength = total - before
    if let verified = upload.verified {
      let length = upload.fileLength
      try signed { () throws(SigV4Error) in try verified.checkFile(bytes: length) }
    }
    upload.isDeciding = true
    body.form = upload
    self.request = write
    connection?.setBodyReading(false)
    perform(.authorize)
  }

  private func verifyForm(_ form: PostForm, bucket: String) throws(ExchangeFailure) -> VerifiedPostForm? {
    guard let claim = try signed({ () throws(SigV4Error) in try SignatureClaim(form: form) }) else { return nil }
    self.claim = claim
    let identity = try RequestIdentity.look(up: claim, in: snapshot, at: now, worker: worker)
    let verified = try signed { () throws(SigV4Error) in
      try snapshot.verifier.verify(
        claim, form: form, bucket: ByteString(bucket), secret: identity.secret, nowSeconds: now.seconds,
        scratch: worker.scratch)
    }
    self.verified = verified.signature
    session = identity.session
    caller = try identity.caller(snapshot, at: now, worker: worker)
    return verified
  }

  /// The write is allowed and started: the file's bytes go on.
  func resumeForm() throws(ExchangeFailure) {
    body.form?.isDeciding = false
    try readForm()
    if failure == nil { connection?.setBodyReading(true) }
  }

  private func receiveFile(_ bytes: [UInt8]) throws(ExchangeFailure) {
    guard let upload = body.form else { return }
    body.form?.fileBytes += UInt64(bytes.count)
    guard upload.fileBytes + UInt64(bytes.count) <= upload.fileLength else { throw .wire(.malformedForm) }
    if let decoder = body.decoder {
      try signed { () throws(SigV4Error) in
        _ = try bytes.withUnsafeBytes { input in
          Result { () throws(SigV4Error) in try decoder.next(input) }
        }.get()
      }
    }
    let previous = body.withheld
    body.withheld = ByteBuffer(bytes: bytes)
    if let previous { call?.send(previous) }
  }

  /// The form is over: the file must have been whole and as long as announced to the store.
  func endForm() throws(ExchangeFailure) {
    guard let upload = body.form else { return }
    try wire { () throws(S3WireError) in try upload.parser.finish() }
    guard upload.fileBytes == upload.fileLength else { throw .wire(.malformedForm) }
  }

  /// What the form asked to be answered with.
  func respondToForm() {
    guard let upload = body.form, let bucket = request?.bucket, let key = request?.key else { return }
    let location = "\(clientEndpoint)/\(bucket)/" + String(decoding: PercentEncoding.path(key.bytes), as: UTF8.self)
    var fields = ResponseFields()
    fields.append(.etag, upload.etag)
    let redirect = upload.form["success_action_redirect"] ?? upload.form["redirect"]
    if let redirect, redirect.bytes.starts(with: "http://".utf8) || redirect.bytes.starts(with: "https://".utf8) {
      let separator = redirect.bytes.contains(0x3F) ? "&" : "?"
      let query =
        "bucket=\(bucket)&key=" + String(decoding: PercentEncoding.query(key.bytes), as: UTF8.self) + "&etag="
        + String(decoding: PercentEncoding.query(upload.etag.utf8), as: UTF8.self)
      fields.append(.location, redirect.bytes + Array((separator + query).utf8))
      respond(status: 303, contentType: nil, body: [], fields: fields)
      return
    }
    fields.append(.location, location)
    switch upload.form["success_action_status"] {
    case "201":
      respond(
        status: 201, contentType: "application/xml",
        body: SmallDocuments.postResponse(
          location: Array(location.utf8), bucket: bucket, key: key.bytes,
          etag: EntityTags.unquoted(Array(upload.etag.utf8))),
        fields: fields)
    case "200": respond(status: 200, contentType: nil, body: [], fields: fields)
    default:
      beginResponse(status: 204, fields: fields.bytes, contentLength: nil)
      endResponse()
    }
  }
}

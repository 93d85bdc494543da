import S3Model
import S3Wire
import SigV4

/// Forms: `multipart/form-data` however it is cut, the policy in it, and `x-www-form-urlencoded`.
enum FormFuzz {
  static func run(_ input: [UInt8]) {
    var choices = FuzzInput(input)
    var pieces = Pieces(seed: choices.byte())
    let bytes = choices.bytes
    urlEncoded(bytes)
    // The first line is the Content-Type, the rest the body.
    guard let end = bytes.firstIndex(of: 0x0A) else { return }
    let type = Array(bytes[..<end])
    let body = Array(bytes[(end + 1)...])
    let parser = Result { () throws(S3WireError) in try PostFormParser(contentType: type) }
    guard case .success(let parser) = parser else { return }
    let whole = parse(parser, [body])
    let cut = parse(parser, pieces.cut(body))
    expect(whole == cut, "a form is the same however it comes: \(whole) or \(cut)")
    expect(whole.file.count <= body.count, "the file comes from the input")
    policy(whole)
  }

  private struct Form: Equatable {
    var fields: [PostFormParser.Event] = []
    var file: [UInt8] = []
    var fileHasEnded = false
    var failure: S3WireError?
  }

  private static func parse(_ parser: PostFormParser, _ pieces: [[UInt8]]) -> Form {
    var parser = parser
    var form = Form()
    do throws(S3WireError) {
      for piece in pieces {
        piece.withUnsafeBytes { parser.receive($0) }
        while let event = try parser.next() {
          switch event {
          case .fileBytes(let bytes): form.file += bytes
          case .fileEnd: form.fileHasEnded = true
          case .field, .fileStart, .end: form.fields.append(event)
          }
        }
      }
      try parser.finish()
    } catch {
      form.failure = error
      // How much of the file was handed out before the form broke depends on the pieces.
      form.file = []
    }
    return form
  }

  private static func policy(_ form: Form) {
    let fields = form.fields.compactMap { event -> PostForm.Field? in
      if case .field(let name, let value) = event { PostForm.Field(name: name, value: value) } else { nil }
    }
    let claim = Result { () throws(SigV4Error) in try SignatureClaim(form: PostForm(fields)) }
    _ = claim
  }

  private static func urlEncoded(_ bytes: [UInt8]) {
    let parsed = Result { () throws(S3WireError) in try FormParameters(bytes) }
    guard case .success(let form) = parsed else { return }
    var text: [UInt8] = []
    for parameter in form.parameters {
      if !text.isEmpty { text.append(0x26) }
      text += PercentEncoding.query(parameter.name.bytes) + [0x3D] + PercentEncoding.query(parameter.value.bytes)
    }
    guard text.count <= FormParameters.bytesMax else { return }
    let again = Result { () throws(S3WireError) in try FormParameters(text) }
    expect(again == parsed, "a form encoded anew is the same: \(String(decoding: text, as: UTF8.self))")
    _ = form.members("PolicyArns")
  }
}

public import S3Model

/// The fields of a browser's POST upload, without the file, as the form parser gives them.
///
/// Names are compared without regard to case. `${filename}` has been replaced already: conditions are about final values.
public struct PostForm: Sendable {
  public struct Field: Sendable {
    /// In lower case.
    public let name: ByteString
    public let value: ByteString

    public init(name: ByteString, value: ByteString) {
      self.name = ByteString(name.bytes.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 })
      self.value = value
    }
  }

  public let fields: [Field]

  public init(_ fields: [Field]) {
    self.fields = fields
  }

  /// The value of a field by its name in lower case; nil when absent, an error when it occurs twice.
  func value(_ name: ByteString) throws(SigV4Error) -> ByteString? {
    var value: ByteString?
    for field in fields where field.name == name {
      guard value == nil else { throw .missingOrRepeatedFormField(name) }
      value = field.value
    }
    return value
  }

  func required(_ name: ByteString) throws(SigV4Error) -> ByteString {
    guard let value = try value(name) else { throw .missingOrRepeatedFormField(name) }
    return value
  }
}

extension SignatureClaim {
  /// The claim of a POST form.
  /// - Returns: nil when the form carries no policy and no signature at all: anonymous.
  public convenience init?(form: PostForm) throws(SigV4Error) {
    let policy = try form.value("policy")
    let algorithm = try form.value("x-amz-algorithm")
    let signature = try form.value("x-amz-signature")
    guard policy != nil || algorithm != nil || signature != nil else {
      if try form.value("awsaccesskeyid") != nil { throw .signatureVersion2 }
      return nil
    }
    guard policy != nil else { throw .missingOrRepeatedFormField("policy") }
    guard let signature, let algorithm else {
      if try form.value("awsaccesskeyid") != nil { throw .signatureVersion2 }
      throw .missingOrRepeatedFormField(signature == nil ? "x-amz-signature" : "x-amz-algorithm")
    }
    // SigV4A names its regions in a header or query, and a form has neither.
    guard algorithm == "AWS4-HMAC-SHA256" else { throw .unsupportedAlgorithm }
    let credential = try form.required("x-amz-credential")
    let dateText = try form.required("x-amz-date")
    guard let date = dateText.bytes.withUnsafeBufferPointer({ SigningDate(basic: $0) }) else {
      throw .malformedDate(.form)
    }
    let parsed = try credential.bytes.withUnsafeBufferPointer {
      CredentialScope.parse(credential: $0, .hmacSHA256, .form)
    }.get()
    self.init(
      placement: .form, algorithm: .hmacSHA256, accessKeyID: parsed.accessKeyID, scope: parsed.scope, date: date,
      lifetimeSeconds: 0, sessionToken: try form.value("x-amz-security-token"), payload: .absent, hoisted: [],
      parameters: [], regionSet: nil, signedHeaders: [],
      signature: signature.bytes.withUnsafeBufferPointer { ClaimedSignature($0, .hmacSHA256) })
  }
}

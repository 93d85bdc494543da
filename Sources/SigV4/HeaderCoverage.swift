import HTTPWire
import S3Model

/// Which headers a signature must cover, so that nothing unsigned can change what a request means.
enum HeaderCoverage {
  /// For strict profiles.
  /// - Parameter isSigned: per header line.
  static func check(_ claim: SignatureClaim, _ fields: HeaderFields, _ isSigned: [Bool]) throws(SigV4Error) {
    let comparesQuery = !claim.parameters.isEmpty
    var notSigned: [ByteString] = []
    var hasSignedHost = false
    for index in 0..<fields.fields.count {
      let field = fields.fields[index]
      if field.id == .host, isSigned[index] { hasSignedHost = true }
      if comparesQuery, let differing = differsFromQuery(claim, fields, field) {
        throw .headerDiffersFromQuery(differing)
      }
      guard !isSigned[index], mustBeSigned(fields, field), !standsInQuery(claim, fields, field) else { continue }
      notSigned.append(name(fields, field))
    }
    if !hasSignedHost, !notSigned.contains("host") { notSigned.append("host") }
    guard notSigned.isEmpty else { throw .headersNotSigned(notSigned) }
    try checkConnection(fields, isSigned)
  }

  private static func name(_ fields: HeaderFields, _ field: HeaderFields.Field) -> ByteString {
    fields.withBytes(field.name) { ByteString(Array($0)) }
  }

  /// `x-amzn-*` and `amz-sdk-*` are other families; proxies add the one and SDKs the other.
  private static func mustBeSigned(_ fields: HeaderFields, _ field: HeaderFields.Field) -> Bool {
    switch field.id {
    case .host, .contentMd5: true
    default: fields.withBytes(field.name) { $0.hasPrefix("x-amz-") }
    }
  }

  /// A header that also stands, with the same value, in the signed query is as good as signed.
  private static func standsInQuery(
    _ claim: SignatureClaim, _ fields: HeaderFields, _ field: HeaderFields.Field
  ) -> Bool {
    guard !claim.parameters.isEmpty else { return false }
    let name = name(fields, field)
    return claim.parameters.contains { $0.name == name }
  }

  private static func differsFromQuery(
    _ claim: SignatureClaim, _ fields: HeaderFields, _ field: HeaderFields.Field
  ) -> ByteString? {
    guard mustBeSigned(fields, field) else { return nil }
    let name = name(fields, field)
    for parameter in claim.parameters where parameter.name == name {
      let isEqual = fields.withBytes(field.value) { $0.elementsEqual(parameter.value.bytes) }
      if !isEqual { return name }
    }
    return nil
  }

  /// A proxy drops what `Connection` names, and with it a header that the signature promised.
  private static func checkConnection(_ fields: HeaderFields, _ isSigned: [Bool]) throws(SigV4Error) {
    guard fields.contains(.connection) else { return }
    var namesSigned = false
    fields.forEachConnectionOption { option in
      for index in 0..<fields.fields.count where isSigned[index] && fields.fields[index].id != .connection {
        let isNamed = fields.withBytes(fields.fields[index].name) { name in
          fields.withBytes(option) { option in
            option.count == name.count && zip(option, name).allSatisfy { ASCII.lowercased($0) == $1 }
          }
        }
        if isNamed { namesSigned = true }
      }
    }
    if namesSigned { throw .connectionNamesSignedHeader }
  }
}

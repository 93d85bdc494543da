import HTTPWire
import S3Model

/// Which headers a signature must cover, so that nothing unsigned can change what a request means.
struct HeaderCoverage {
  let claim: SignatureClaim
  let head: RequestHead
  let profile: SignatureProfile

  /// - Parameter isSigned: per header line.
  func check(_ isSigned: [Bool]) throws(SigV4Error) {
    guard profile.isStrict else { return }
    let fields = head.fields
    var notSigned: [ByteString] = []
    var hasSignedHost = false
    for index in 0..<fields.fields.count {
      let field = fields.fields[index]
      if field.id == .host, isSigned[index] { hasSignedHost = true }
      if !claim.parameters.isEmpty, let differing = differsFromQuery(field) { throw .headerDiffersFromQuery(differing) }
      guard !isSigned[index], mustBeSigned(field), !standsInQuery(field) else { continue }
      notSigned.append(name(field))
    }
    if !hasSignedHost, !notSigned.contains("host") { notSigned.append("host") }
    guard notSigned.isEmpty else { throw .headersNotSigned(notSigned) }
    try checkConnection(isSigned)
  }

  private func name(_ field: HeaderFields.Field) -> ByteString {
    head.fields.withBytes(field.name) { ByteString(Array($0)) }
  }

  /// `x-amzn-*` and `amz-sdk-*` are other families; proxies add the one and SDKs the other.
  private func mustBeSigned(_ field: HeaderFields.Field) -> Bool {
    switch field.id {
    case .host, .contentMd5: true
    default: head.fields.withBytes(field.name) { $0.hasPrefix("x-amz-") }
    }
  }

  /// A header that also stands, with the same value, in the signed query is as good as signed.
  private func standsInQuery(_ field: HeaderFields.Field) -> Bool {
    guard !claim.parameters.isEmpty else { return false }
    let name = name(field)
    return claim.parameters.contains { $0.name == name }
  }

  private func differsFromQuery(_ field: HeaderFields.Field) -> ByteString? {
    guard mustBeSigned(field) else { return nil }
    let name = name(field)
    for parameter in claim.parameters where parameter.name == name {
      let isEqual = head.fields.withBytes(field.value) { $0.elementsEqual(parameter.value.bytes) }
      if !isEqual { return name }
    }
    return nil
  }

  /// A proxy drops what `Connection` names, and with it a header that the signature promised.
  private func checkConnection(_ isSigned: [Bool]) throws(SigV4Error) {
    guard head.fields.contains(.connection) else { return }
    let fields = head.fields
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

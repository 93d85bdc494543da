extension CertificateRequest {
  /// The request as a JSON object in the shape that OPA's `crypto.x509.parse_certificate_request` gives it: that of Go's
  /// `x509.CertificateRequest`.
  public func json() -> [UInt8] {
    Document.object(
      [
        ("Raw", .bytes(der)), ("RawTBSCertificateRequest", .bytes(info)),
        ("RawSubjectPublicKeyInfo", .bytes(subjectPublicKeyInfo)), ("RawSubject", .bytes(rawSubject)),
        ("Version", .integer(version)), ("Signature", .bytes(signature)),
        ("SignatureAlgorithm", .integer(signatureAlgorithm)), ("PublicKeyAlgorithm", .integer(publicKey.number)),
        ("PublicKey", publicKey.document), ("Subject", subject.document),
        ("Attributes", .nullable(attributes, \.document)), ("Extensions", .nullable(extensions, \.document)),
        ("ExtraExtensions", .null),
      ] + alternativeNames.members
    ).json
  }
}

extension RequestAttribute {
  fileprivate var document: Document {
    .object([("Type", .identifier(type)), ("Value", .list(values.map(Self.document)))])
  }

  private static func document(_ pairs: [(type: [Int], value: Item)]) -> Document {
    var elements: [Document] = []
    for (type, value) in pairs {
      let members: [(StaticString, Document)] = [("Type", .identifier(type)), ("Value", value.document)]
      elements.append(.object(members))
    }
    return .list(elements)
  }
}

extension RequestAttribute.Item {
  fileprivate var document: Document {
    switch self {
    case .bool(let flag): .bool(flag)
    case .bytes(let bytes): .bytes(bytes)
    case .text(let text): .text(text)
    case .number(let number): .integer(number)
    }
  }
}

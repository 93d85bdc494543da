extension Certificate {
  /// The certificate as a JSON object in the shape that OPA's `crypto.x509` functions give it: that of Go's
  /// `x509.Certificate`.
  /// - Parameter includingURIStrings: adds `URIStrings`, the URIs of the subject as text.
  public func json(includingURIStrings: Bool = true) -> [UInt8] {
    fields.document(der: der, includingURIStrings: includingURIStrings).json
  }

  /// Several as a JSON array.
  public static func json(_ certificates: [Certificate], includingURIStrings: Bool = true) -> [UInt8] {
    Document.list(certificates.map { $0.fields.document(der: $0.der, includingURIStrings: includingURIStrings) }).json
  }
}

extension CertificateFields {
  func document(der: [UInt8], includingURIStrings: Bool) -> Document {
    var members: [(StaticString, Document)] = [
      ("Raw", .bytes(der)), ("RawTBSCertificate", .bytes(toBeSigned)),
      ("RawSubjectPublicKeyInfo", .bytes(subjectPublicKeyInfo)), ("RawSubject", .bytes(rawSubject)),
      ("RawIssuer", .bytes(rawIssuer)), ("Signature", .bytes(signature)),
      ("SignatureAlgorithm", .integer(signatureAlgorithm)), ("PublicKeyAlgorithm", .integer(publicKey.number)),
      ("PublicKey", publicKey.document), ("Version", .integer(version)), ("SerialNumber", .number(serialNumber)),
      ("Issuer", issuer.document), ("Subject", subject.document), ("NotBefore", .text(notBefore.text)),
      ("NotAfter", .text(notAfter.text)), ("Extensions", .nullable(extensions, \.document)),
      ("ExtraExtensions", .null),
    ]
    members += known.members
    if includingURIStrings {
      members.append(("URIStrings", .nullable(alternativeNames.uris) { .text(URLParts($0).text) }))
    }
    return .object(members)
  }
}

extension KnownExtensions {
  fileprivate var members: [(StaticString, Document)] {
    [
      ("UnhandledCriticalExtensions", .nullable(unhandledCritical) { .identifier($0) }),
      ("KeyUsage", .integer(keyUsage)), ("ExtKeyUsage", .nullable(usages) { .integer($0.rawValue) }),
      ("UnknownExtKeyUsage", .nullable(unknownUsages) { .identifier($0) }),
      ("BasicConstraintsValid", .bool(hasBasicConstraints)), ("IsCA", .bool(isAuthority)),
      ("MaxPathLen", .integer(hasBasicConstraints ? pathCountMax ?? -1 : 0)),
      ("MaxPathLenZero", .bool(pathCountMax == 0)),
      ("SubjectKeyId", subjectKeyID.map { .bytes($0) } ?? .null),
      ("AuthorityKeyId", authorityKeyID.map { .bytes($0) } ?? .null), ("OCSPServer", .texts(responders)),
      ("IssuingCertificateURL", .texts(issuingCertificates)), ("CRLDistributionPoints", .texts(revocationLists)),
      ("PolicyIdentifiers", .nullable(policies) { .identifier($0) }),
      ("Policies", .nullable(policies) { .text(Self.dotted($0)) }),
      (
        "PolicyMappings",
        .nullable(policyMappings) { mapping in
          .object([
            ("IssuerDomainPolicy", .text(Self.dotted(mapping.issuer))),
            ("SubjectDomainPolicy", .text(Self.dotted(mapping.subject))),
          ])
        }
      ), ("InhibitAnyPolicy", .integer(inhibitAnyPolicy ?? 0)), ("InhibitAnyPolicyZero", .bool(inhibitAnyPolicy == 0)),
      ("InhibitPolicyMapping", .integer(inhibitPolicyMapping ?? 0)),
      ("InhibitPolicyMappingZero", .bool(inhibitPolicyMapping == 0)),
      ("RequireExplicitPolicy", .integer(requireExplicitPolicy ?? 0)),
      ("RequireExplicitPolicyZero", .bool(requireExplicitPolicy == 0)),
      ("PermittedDNSDomainsCritical", .bool(areNameConstraintsCritical)),
      ("PermittedDNSDomains", .texts(nameConstraints.permitted.dns)),
      ("ExcludedDNSDomains", .texts(nameConstraints.excluded.dns)),
      ("PermittedIPRanges", .nullable(nameConstraints.permitted.ranges, Self.range)),
      ("ExcludedIPRanges", .nullable(nameConstraints.excluded.ranges, Self.range)),
      ("PermittedEmailAddresses", .texts(nameConstraints.permitted.email)),
      ("ExcludedEmailAddresses", .texts(nameConstraints.excluded.email)),
      ("PermittedURIDomains", .texts(nameConstraints.permitted.uris)),
      ("ExcludedURIDomains", .texts(nameConstraints.excluded.uris)),
    ] + alternativeNames.members
  }

  private static func dotted(_ arcs: [Int]) -> String { arcs.map(String.init).joined(separator: ".") }

  private static func range(_ range: (address: [UInt8], mask: [UInt8])) -> Document {
    .object([("IP", .text(AlternativeNames.text(ofAddress: range.address))), ("Mask", .bytes(range.mask))])
  }
}

extension AlternativeNames {
  var members: [(StaticString, Document)] {
    [
      ("DNSNames", .texts(dns)), ("EmailAddresses", .texts(email)),
      ("IPAddresses", .nullable(addresses) { .text(Self.text(ofAddress: $0)) }),
      ("URIs", .nullable(uris) { URLParts($0).document }),
    ]
  }

  /// Dotted, or as RFC 5952 writes IPv6; an IPv4 address inside IPv6 is written dotted, as Go does.
  static func text(ofAddress bytes: [UInt8]) -> String {
    if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
    if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 255, bytes[11] == 255 {
      return bytes[12...].map(String.init).joined(separator: ".")
    }
    let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
    var longest = 0..<0
    var index = 0
    while index < 8 {
      var end = index
      while end < 8, groups[end] == 0 { end += 1 }
      if end - index > max(1, longest.count) { longest = index..<end }
      index = max(end, index + 1)
    }
    func text(_ groups: ArraySlice<UInt16>) -> String {
      groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard !longest.isEmpty else { return text(groups[...]) }
    return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
  }
}

extension CertificateName {
  var document: Document {
    .object([
      ("Country", .texts(values(6))), ("Organization", .texts(values(10))),
      ("OrganizationalUnit", .texts(values(11))), ("Locality", .texts(values(7))), ("Province", .texts(values(8))),
      ("StreetAddress", .texts(values(9))), ("PostalCode", .texts(values(17))),
      ("SerialNumber", .text(values(5).last ?? "")), ("CommonName", .text(commonName)),
      (
        "Names", .nullable(attributes) { .object([("Type", .identifier($0.type)), ("Value", .text($0.value))]) }
      ), ("ExtraNames", .null),
    ])
  }
}

extension CertificateExtension {
  var document: Document {
    .object([("Id", .identifier(identifier)), ("Critical", .bool(isCritical)), ("Value", .bytes(value))])
  }
}

extension CertificateKey {
  /// Go's `x509.PublicKeyAlgorithm`.
  var number: Int {
    switch self {
    case .unknown: 0
    case .rsa: 1
    case .dsa: 2
    case .ec: 3
    case .ed25519: 4
    }
  }

  var document: Document {
    switch self {
    case .unknown, .dsa: .null
    case .rsa(let modulus, let exponent): .object([("N", .number(modulus)), ("E", .integer(exponent))])
    case .ec(let x, let y): .object([("Curve", .object([])), ("X", .number(x)), ("Y", .number(y))])
    case .ed25519(let key): .bytes(key)
    }
  }
}

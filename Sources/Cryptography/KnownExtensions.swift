/// The extensions of RFC 5280 that are read into fields.
struct KnownExtensions {
  var alternativeNames = AlternativeNames()
  var usages: [ExtendedKeyUsage] = []
  var unknownUsages: [[Int]] = []
  var keyUsage = 0
  var hasBasicConstraints = false
  var isAuthority = false
  /// nil: no bound.
  var pathCountMax: Int?
  var subjectKeyID: [UInt8]?
  var authorityKeyID: [UInt8]?
  var responders: [String] = []
  var issuingCertificates: [String] = []
  var revocationLists: [String] = []
  var policies: [[Int]] = []
  var policyMappings: [(issuer: [Int], subject: [Int])] = []
  var requireExplicitPolicy: Int?
  var inhibitPolicyMapping: Int?
  var inhibitAnyPolicy: Int?
  var nameConstraints = NameConstraints()
  var areNameConstraintsCritical = false
  /// Critical ones that are not understood: who verifies must refuse the certificate.
  var unhandledCritical: [[Int]] = []

  mutating func read(_ item: CertificateExtension) throws(DERReader.Malformed) {
    var isUnderstood = true
    let value = item.value[...]
    switch item.identifier {
    case [2, 5, 29, 14]: subjectKeyID = Array(try DERReader.only(value, DERReader.Tag.octetString).content)
    case [2, 5, 29, 15]: keyUsage = try Self.bits(try DERReader.only(value, DERReader.Tag.bitString))
    case [2, 5, 29, 17]:
      alternativeNames = try AlternativeNames(value)
      isUnderstood = !alternativeNames.isEmpty
    case [2, 5, 29, 19]: try readBasicConstraints(value)
    case [2, 5, 29, 30]:
      nameConstraints = try NameConstraints(value)
      areNameConstraintsCritical = item.isCritical
      isUnderstood = !nameConstraints.permitted.hasOthers && !nameConstraints.excluded.hasOthers
    case [2, 5, 29, 31]: revocationLists = try Self.distributionPoints(value)
    case [2, 5, 29, 32]:
      for policy in try Self.list(value) {
        var parts = policy.reader
        policies.append(try parts.next(DERReader.Tag.objectIdentifier).identifier())
      }
    case [2, 5, 29, 33]:
      for mapping in try Self.list(value) {
        var parts = mapping.reader
        let issuer = try parts.next(DERReader.Tag.objectIdentifier).identifier()
        policyMappings.append((issuer, try parts.next(DERReader.Tag.objectIdentifier).identifier()))
      }
    case [2, 5, 29, 35]:
      var parts = try DERReader.only(value, DERReader.Tag.sequence).reader
      authorityKeyID = try parts.nextIf(DERReader.Tag.context(0)).map { Array($0.content) }
    case [2, 5, 29, 36]:
      var parts = try DERReader.only(value, DERReader.Tag.sequence).reader
      requireExplicitPolicy = try parts.nextIf(DERReader.Tag.context(0))?.small()
      inhibitPolicyMapping = try parts.nextIf(DERReader.Tag.context(1))?.small()
    case [2, 5, 29, 37]: try readUsages(value)
    case [2, 5, 29, 54]: inhibitAnyPolicy = try DERReader.only(value, DERReader.Tag.integer).small()
    case [1, 3, 6, 1, 5, 5, 7, 1, 1]: try readAccess(value)
    default: isUnderstood = false
    }
    if item.isCritical, !isUnderstood { unhandledCritical.append(item.identifier) }
  }

  private mutating func readBasicConstraints(_ bytes: ArraySlice<UInt8>) throws(DERReader.Malformed) {
    var parts = try DERReader.only(bytes, DERReader.Tag.sequence).reader
    isAuthority = try parts.nextIf(DERReader.Tag.boolean)?.boolean() ?? false
    pathCountMax = try parts.nextIf(DERReader.Tag.integer)?.small()
    hasBasicConstraints = true
  }

  private mutating func readUsages(_ bytes: ArraySlice<UInt8>) throws(DERReader.Malformed) {
    var reader = try DERReader.only(bytes, DERReader.Tag.sequence).reader
    while !reader.isAtEnd {
      let identifier = try reader.next(DERReader.Tag.objectIdentifier).identifier()
      if let usage = ExtendedKeyUsage(identifier: identifier) {
        usages.append(usage)
      } else {
        unknownUsages.append(identifier)
      }
    }
  }

  private mutating func readAccess(_ bytes: ArraySlice<UInt8>) throws(DERReader.Malformed) {
    for description in try Self.list(bytes) {
      var parts = description.reader
      let method = try parts.next(DERReader.Tag.objectIdentifier).identifier()
      guard let location = try parts.nextIf(DERReader.Tag.context(6)) else { continue }
      switch method {
      case [1, 3, 6, 1, 5, 5, 7, 48, 1]: responders.append(try location.ascii())
      case [1, 3, 6, 1, 5, 5, 7, 48, 2]: issuingCertificates.append(try location.ascii())
      default: break
      }
    }
  }

  /// The elements of a sequence of sequences.
  private static func list(_ bytes: ArraySlice<UInt8>) throws(DERReader.Malformed) -> [DERReader.Value] {
    var reader = try DERReader.only(bytes, DERReader.Tag.sequence).reader
    var values: [DERReader.Value] = []
    while !reader.isAtEnd { values.append(try reader.next(DERReader.Tag.sequence)) }
    return values
  }

  private static func distributionPoints(_ bytes: ArraySlice<UInt8>) throws(DERReader.Malformed) -> [String] {
    var uris: [String] = []
    for point in try list(bytes) {
      var parts = point.reader
      guard let name = try parts.nextIf(DERReader.Tag.contextConstructed(0)) else { continue }
      var choice = name.reader
      guard var names = try choice.nextIf(DERReader.Tag.contextConstructed(0))?.reader else { continue }
      while !names.isAtEnd {
        let name = try names.next()
        if name.tag == DERReader.Tag.context(6) { uris.append(try name.ascii()) }
      }
    }
    return uris
  }

  /// Of nine bits, the first written is the lowest.
  private static func bits(_ value: DERReader.Value) throws(DERReader.Malformed) -> Int {
    guard let unused = value.content.first, unused < 8 else { throw DERReader.Malformed() }
    let bytes = Array(value.content.dropFirst())
    return (0..<min(9, bytes.count * 8)).reduce(0) { bits, index in
      bytes[index / 8] & (0x80 >> UInt8(index % 8)) != 0 ? bits | 1 << index : bits
    }
  }
}

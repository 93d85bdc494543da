public import S3Model

/// One way in which a parameter fails its shape in AWS's model of the service.
public struct ConstraintViolation: Hashable, Sendable {
  public enum Constraint: Hashable, Sendable {
    case notNull
    case lengthAtLeast(Int)
    case lengthAtMost(Int)
    case valueAtLeast(Int)
    case valueAtMost(Int)
    case pattern(StaticPattern)
    case oneOf([String])
  }

  /// The value as sent; nil when the parameter is missing.
  public var value: ByteString?
  /// The member's path in AWS's model: `roleSessionName`, `tags.1.member.key`.
  public var path: String
  public var constraint: Constraint

  public init(value: ByteString?, path: String, constraint: Constraint) {
    self.value = value
    self.path = path
    self.constraint = constraint
  }
}

/// The patterns of AWS's STS and IAM models, each with the predicate that it stands for.
///
/// Source: botocore's models of STS 2011-06-15 and IAM 2010-05-08.
public enum StaticPattern: String, Sendable {
  /// roleSessionNameType, sourceIdentityType, userNameType
  case name = #"[\w+=,.@-]*"#
  case externalID = #"[\w+=,.@:\/-]*"#
  case serialNumber = #"[\w+=/:,.@-]*"#
  case digits = #"[\d]*"#
  case word = #"[\w]*"#
  case arn =
    #"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"#
  case policy = #"[\u0009\u000A\u000D\u0020-\u00FF]+"#
  case tagKey = #"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"#
  case tagValue = #"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"#
  /// IAM's user, role, group, policy and device names.
  case entityName = #"[\w+=,.@-]+"#
  case accessKeyID = #"[\w]+"#
  case serial = #"[\w+=/:,.@-]+"#
  case code = #"[\d]+"#
  case path = #"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"#
  case pathPrefix = #"\u002F[\u0021-\u007F]*"#
  case policyPath = #"((/[A-Za-z0-9\.,\+@=_-]+)*)/"#
  case description = #"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"#
  case marker = #"[\u0020-\u00FF]+"#
  case alias = #"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"#
  case versionID = #"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?"#
  /// Where AWS's model has no pattern. What XML cannot carry back is refused all the same.
  case text = #"[\u0009\u000A\u000D\u0020-\uD7FF\uE000-\uFFFD]*"#

  public func matches(_ text: some Collection<Unicode.Scalar>) -> Bool {
    switch self {
    case .name: text.allSatisfy { Self.isWord($0) || "+=,.@-".unicodeScalars.contains($0) }
    case .externalID: text.allSatisfy { Self.isWord($0) || "+=,.@:/-".unicodeScalars.contains($0) }
    case .serialNumber: text.allSatisfy { Self.isWord($0) || "+=/:,.@-".unicodeScalars.contains($0) }
    case .digits: text.allSatisfy { ("0"..."9").contains($0) }
    case .word: text.allSatisfy(Self.isWord)
    case .arn: !text.isEmpty && text.allSatisfy(Self.isARNCharacter)
    case .policy:
      !text.isEmpty
        && text.allSatisfy { $0 == "\t" || $0 == "\n" || $0 == "\r" || ("\u{20}"..."\u{FF}").contains($0) }
    case .tagKey: !text.isEmpty && text.allSatisfy(Self.isTagCharacter)
    case .tagValue: text.allSatisfy(Self.isTagCharacter)
    case .entityName: !text.isEmpty && text.allSatisfy { Self.isWord($0) || "+=,.@-".unicodeScalars.contains($0) }
    case .accessKeyID: !text.isEmpty && text.allSatisfy(Self.isWord)
    case .serial: !text.isEmpty && text.allSatisfy { Self.isWord($0) || "+=/:,.@-".unicodeScalars.contains($0) }
    case .code: !text.isEmpty && text.allSatisfy { ("0"..."9").contains($0) }
    case .path: Self.isPath(Array(text))
    case .pathPrefix: text.first == "/" && text.dropFirst().allSatisfy { ("\u{21}"..."\u{7F}").contains($0) }
    case .policyPath: Self.isPolicyPath(Array(text))
    case .description:
      text.allSatisfy {
        $0 == "\t" || $0 == "\n" || $0 == "\r" || ("\u{20}"..."\u{7E}").contains($0)
          || ("\u{A1}"..."\u{FF}").contains($0)
      }
    case .marker: !text.isEmpty && text.allSatisfy { ("\u{20}"..."\u{FF}").contains($0) }
    case .alias: Self.isAlias(Array(text))
    case .versionID: Self.isVersionID(Array(text))
    case .text:
      text.allSatisfy {
        $0 == "\t" || $0 == "\n" || $0 == "\r" || $0.value >= 0x20 && $0.value != 0xFFFE && $0.value != 0xFFFF
      }
    }
  }

  private static func isPath(_ text: [Unicode.Scalar]) -> Bool {
    if text == ["/"] { return true }
    return text.count >= 3 && text.first == "/" && text.last == "/"
      && text.allSatisfy { ("\u{21}"..."\u{7E}").contains($0) }
  }

  private static func isPolicyPath(_ text: [Unicode.Scalar]) -> Bool {
    guard text.first == "/", text.last == "/" else { return false }
    if text.count == 1 { return true }
    return text[1..<(text.count - 1)].split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && part.allSatisfy { isWord($0) || ".,+@=-".unicodeScalars.contains($0) }
    }
  }

  private static func isAlias(_ text: [Unicode.Scalar]) -> Bool {
    guard (3...63).contains(text.count), text.first != "-", text.last != "-" else { return false }
    return text.indices.allSatisfy { index in
      switch text[index] {
      case "a"..."z", "0"..."9": true
      case "-": text[index + 1] != "-"
      default: false
      }
    }
  }

  private static func isVersionID(_ text: [Unicode.Scalar]) -> Bool {
    guard text.first == "v" else { return false }
    let number = text.dropFirst().prefix { ("0"..."9").contains($0) }
    guard let first = number.first, first != "0" else { return false }
    let rest = text.dropFirst(1 + number.count)
    return rest.isEmpty
      || rest.first == "."
        && rest.dropFirst().allSatisfy { isWord($0) && $0 != "_" || $0 == "-" }
  }

  /// Java's `\w`, which is ASCII only.
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    default: false
    }
  }

  private static func isARNCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }

  private static func isTagCharacter(_ scalar: Unicode.Scalar) -> Bool {
    if "_.:/=+-@".unicodeScalars.contains(scalar) { return true }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .spaceSeparator,
      .lineSeparator, .paragraphSeparator, .decimalNumber, .letterNumber, .otherNumber:
      return true
    default: return false
    }
  }
}

extension ConstraintViolation {
  /// AWS's sentence: `Value 'x' at 'roleSessionName' failed to satisfy constraint: Member must have …`.
  public var message: String {
    let shown = value.map { "'\($0.printable)'" } ?? "null"
    let rule =
      switch constraint {
      case .notNull: "Member must not be null"
      case .lengthAtLeast(let count): "Member must have length greater than or equal to \(count)"
      case .lengthAtMost(let count): "Member must have length less than or equal to \(count)"
      case .valueAtLeast(let least): "Member must have value greater than or equal to \(least)"
      case .valueAtMost(let most): "Member must have value less than or equal to \(most)"
      case .pattern(let pattern): "Member must satisfy regular expression pattern: \(pattern.rawValue)"
      case .oneOf(let values): "Member must satisfy enum value set: [\(values.joined(separator: ", "))]"
      }
    return "Value \(shown) at '\(path)' failed to satisfy constraint: \(rule)"
  }
}

extension ByteString {
  /// The text with control characters replaced: XML cannot carry them back to the client that sent them.
  public var printable: String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A, 0x0D, 0x20..<0x7F, 0xA0..<0xFFFE, 0x10000...: scalars.append(scalar)
      default: scalars.append("\u{FFFD}")
      }
    }
    return String(scalars)
  }
}

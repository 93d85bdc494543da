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
  }

  /// The value as sent; nil when the parameter is missing.
  public var value: ByteString?
  /// The member's path in AWS's model: `roleSessionName`, `tags.1.member.key`.
  public var path: String
  public var constraint: Constraint
}

/// The patterns of AWS's STS model, each with the predicate that it stands for.
///
/// Source: botocore's model of STS 2011-06-15.
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

  func matches(_ text: some Collection<Unicode.Scalar>) -> Bool {
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
    }
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
  var message: String {
    let shown = value.map { "'\($0.printable)'" } ?? "null"
    let rule =
      switch constraint {
      case .notNull: "Member must not be null"
      case .lengthAtLeast(let count): "Member must have length greater than or equal to \(count)"
      case .lengthAtMost(let count): "Member must have length less than or equal to \(count)"
      case .valueAtLeast(let least): "Member must have value greater than or equal to \(least)"
      case .valueAtMost(let most): "Member must have value less than or equal to \(most)"
      case .pattern(let pattern): "Member must satisfy regular expression pattern: \(pattern.rawValue)"
      }
    return "Value \(shown) at '\(path)' failed to satisfy constraint: \(rule)"
  }
}

extension ByteString {
  /// The text with control characters replaced: XML cannot carry them back to the client that sent them.
  var printable: String {
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

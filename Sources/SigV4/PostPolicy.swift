import Cryptography
import JSON
import S3Model

/// The policy document of a POST form: until when it holds, and what each field must be.
/// Source: Amazon S3 API Reference, "Creating a POST policy".
struct PostPolicy {
  enum Condition: Equatable {
    case equals(field: ByteString, value: ByteString)
    case startsWith(field: ByteString, prefix: ByteString)
    case contentLengthRange(UInt64, UInt64)
  }

  /// AWS takes forms of up to 20 KB without the file.
  static let bytesMax = 20_480

  let expiration: SigningDate
  let conditions: [Condition]

  init(base64: ByteString) throws(SigV4Error) {
    guard base64.count <= Self.bytesMax, let document = Base64.decode(base64.bytes) else { throw .malformedPostPolicy }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: document, limits: JSONLimits(bytesMax: Self.bytesMax, depthMax: 4))
    } catch {
      throw .malformedPostPolicy
    }
    guard case .object(let object) = value, object.count == 2, case .string(let expiration)? = object["expiration"],
      case .array(let conditions)? = object["conditions"],
      let date = Array(expiration.utf8).withUnsafeBufferPointer({ SigningDate(extended: $0) })
    else { throw .malformedPostPolicy }
    self.expiration = date
    var parsed: [Condition] = []
    for condition in conditions { parsed.append(try Self.condition(condition)) }
    self.conditions = parsed
  }

  private static func condition(_ value: JSONValue) throws(SigV4Error) -> Condition {
    switch value {
    case .object(let object):
      guard object.count == 1, let member = object.members.first, case .string(let text) = member.value else {
        throw .malformedPostPolicy
      }
      return .equals(field: lowercased(member.name), value: ByteString(text))
    case .array(let elements):
      guard elements.count == 3, case .string(let name) = elements[0] else { throw .malformedPostPolicy }
      if name == "content-length-range" {
        guard let least = number(elements[1]), let most = number(elements[2]) else { throw .malformedPostPolicy }
        return .contentLengthRange(least, most)
      }
      guard case .string(let variable) = elements[1], variable.utf8.first == 0x24, case .string(let text) = elements[2]
      else { throw .malformedPostPolicy }
      let field = lowercased(String(variable.dropFirst()))
      switch name {
      case "eq": return .equals(field: field, value: ByteString(text))
      case "starts-with": return .startsWith(field: field, prefix: ByteString(text))
      default: throw .malformedPostPolicy
      }
    default: throw .malformedPostPolicy
    }
  }

  private static func lowercased(_ name: String) -> ByteString {
    PostForm.Field(name: ByteString(name), value: "").name
  }

  private static func number(_ value: JSONValue) -> UInt64? {
    switch value {
    case .integer(let number): UInt64(exactly: number)
    case .string(let text): text.utf8.allSatisfy { $0 &- 0x30 < 10 } ? UInt64(text) : nil
    default: nil
    }
  }

  /// Holds the form to every condition, and every field to some condition.
  /// - Parameter bucket: the one the request addresses; a form need not repeat it.
  /// - Returns: how large the file may be.
  func check(_ form: PostForm, bucket: ByteString) throws(SigV4Error) -> ClosedRange<UInt64> {
    var covered: Set<ByteString> = []
    var least: UInt64 = 0
    var most = UInt64.max
    for condition in conditions {
      switch condition {
      case .equals(let field, let value):
        covered.insert(field)
        guard try self.value(field, form, bucket) == value else { throw failure("eq", field, value) }
      case .startsWith(let field, let prefix):
        covered.insert(field)
        let value = try self.value(field, form, bucket) ?? ""
        guard Self.starts(field, value, with: prefix) else { throw failure("starts-with", field, prefix) }
      case .contentLengthRange(let low, let high):
        least = max(least, low)
        most = min(most, high)
      }
    }
    for field in form.fields where !covered.contains(field.name) && !Self.isExempt(field.name) {
      throw .postPolicyExtraField(field.name)
    }
    // A range that nothing fits is a policy that allows nothing.
    guard least <= most else { throw .malformedPostPolicy }
    return least...most
  }

  private func value(_ field: ByteString, _ form: PostForm, _ bucket: ByteString) throws(SigV4Error) -> ByteString? {
    let value = try form.value(field)
    guard field == "bucket" else { return value }
    // A form that names another bucket than it is posted to satisfies neither.
    if let value, value != bucket { return nil }
    return bucket
  }

  /// Content types may be a list, each of which must match.
  private static func starts(_ field: ByteString, _ value: ByteString, with prefix: ByteString) -> Bool {
    guard field == "content-type" else { return value.bytes.starts(with: prefix.bytes) }
    return value.bytes.split(separator: 0x2C, omittingEmptySubsequences: false).allSatisfy { item in
      item.drop { $0 == 0x20 }.starts(with: prefix.bytes)
    }
  }

  private static func isExempt(_ name: ByteString) -> Bool {
    name == "policy" || name == "x-amz-signature" || name == "file" || name == "bucket"
      || name.bytes.starts(with: Array("x-ignore-".utf8))
  }

  private func failure(_ operation: String, _ field: ByteString, _ value: ByteString) -> SigV4Error {
    let isSecret = field.bytes.withUnsafeBufferPointer { Redaction.isSecret($0) }
    let shown = isSecret ? "\(Redaction.placeholder)" : value.text
    return .postPolicyConditionFailed(ByteString("[\"\(operation)\", \"$\(field.text)\", \"\(shown)\"]"))
  }
}

import Cryptography
import IdentityStore
import JSON
import S3Model

/// Where records stand under the prefix: apart by whether changes of them are told.
struct EtcdKeys: Sendable {
  private let prefix: [UInt8]

  init(prefix: String) { self.prefix = Array(prefix.utf8) }

  var told: [UInt8] { prefix + Array("records/".utf8) }
  var volatile: [UInt8] { prefix + Array("volatile/".utf8) }
  var commits: [UInt8] { prefix + Array("commits/".utf8) }

  func key(_ key: RecordKey) -> [UInt8] { (key.kind.isVolatile ? volatile : told) + key.text.bytes }

  /// Nil for what is no record of ours.
  func record(_ bytes: [UInt8]) -> RecordKey? {
    for (start, isVolatile) in [(told, false), (volatile, true)] where bytes.starts(with: start) {
      guard let key = RecordKey(ByteString(bytes[start.count...])), key.kind.isVolatile == isVolatile else {
        return nil
      }
      return key
    }
    return nil
  }

  /// The first key after all that begin so.
  static func end(of prefix: [UInt8]) -> [UInt8] {
    var end = prefix
    while let last = end.popLast() {
      if last < 0xFF { return end + [last + 1] }
    }
    return [0]
  }
}

extension JSONObject {
  mutating func set(_ name: String, bytes: [UInt8]) { self[name] = .string(Base64.encode(bytes)) }
  mutating func set(_ name: String, number: Int64) { self[name] = .string("\(number)") }

  static func with(_ name: String, _ object: JSONObject) -> JSONObject {
    var outer = JSONObject()
    outer[name] = .object(object)
    return outer
  }
}

import Cryptography
import IdentityStore
import JSON
import NIOCore

/// An answer of etcd's JSON gateway. Numbers of 64 bits come as text (protobuf's JSON mapping), zeros and empty bytes
/// not at all.
struct EtcdAnswer: Sendable {
  let object: JSONObject

  static let bytesMax = 64 << 20

  init(_ object: JSONObject) { self.object = object }

  init(_ body: ByteBuffer) throws(IdentityStoreError) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(
        parsing: Array(body.readableBytesView), limits: JSONLimits(bytesMax: Self.bytesMax, depthMax: 16))
    } catch {
      throw .corrupt(key: nil, reason: "etcd's answer is not JSON")
    }
    guard let object = value.object else { throw .corrupt(key: nil, reason: "etcd's answer is no object") }
    self.init(object)
  }

  func number(_ name: String) throws(IdentityStoreError) -> Int64 {
    switch object[name] {
    case nil: return 0
    case .integer(let number)?: return number
    case .string(let text)?:
      if let number = Int64(text) { return number }
      fallthrough
    default: throw .corrupt(key: nil, reason: "etcd's `\(name)` is no number")
    }
  }

  func bytes(_ name: String) throws(IdentityStoreError) -> [UInt8] {
    switch object[name] {
    case nil: return []
    case .string(let text)?:
      if let bytes = Base64.decode(text) { return bytes }
      fallthrough
    default: throw .corrupt(key: nil, reason: "etcd's `\(name)` is not base 64")
    }
  }

  func list(_ name: String) throws(IdentityStoreError) -> [EtcdAnswer] {
    guard let value = object[name] else { return [] }
    guard let array = value.array else { throw .corrupt(key: nil, reason: "etcd's `\(name)` is no list") }
    var list: [EtcdAnswer] = []
    for element in array {
      guard let object = element.object else { throw .corrupt(key: nil, reason: "etcd's `\(name)` holds no objects") }
      list.append(EtcdAnswer(object))
    }
    return list
  }

  func part(_ name: String) -> EtcdAnswer? { object[name]?.object.map { EtcdAnswer($0) } }
  func flag(_ name: String) -> Bool { object[name]?.bool ?? false }

  /// Of the store, when the answer was made.
  func revision() throws(IdentityStoreError) -> StoreRevision {
    guard let header = part("header") else { throw .corrupt(key: nil, reason: "etcd's answer has no header") }
    return StoreRevision(try header.number("revision"))
  }
}

/// What etcd refuses with: a gRPC status (etcd's api/v3rpc/rpctypes).
struct EtcdFault: Error {
  let code: Int64
  let message: String

  init(status: UInt16, _ body: ByteBuffer) {
    var code: Int64 = 0
    var message = "status \(status)"
    if case .success(let answer) = Result(catching: { () throws(IdentityStoreError) in try EtcdAnswer(body) }) {
      self.init(answer.part("error") ?? answer, else: message)
      return
    }
    if status == 401 { code = 16 }
    if status == 503 || status == 502 || status == 504 { code = 14 }
    if status == 413 { message = "request is too large" }
    self.init(code: code, message: message)
  }

  init(_ answer: EtcdAnswer, else text: String = "no reason") {
    let code = answer.object["code"]?.integer ?? answer.object["grpc_code"]?.integer ?? 0
    let message = answer.object["message"]?.string ?? answer.object["error"]?.string ?? text
    self.init(code: code, message: message)
  }

  private init(code: Int64, message: String) {
    self.code = code
    // It goes into the log.
    self.message = String(decoding: message.utf8.prefix(200).filter { $0 >= 0x20 && $0 < 0x7F }, as: UTF8.self)
  }

  /// The token is missing, over, or older than the newest change of users.
  var needsToken: Bool {
    code == 16 || message.contains("invalid auth token") || message.contains("revision in header is old")
      || message.contains("user name is empty")
  }

  var isCompacted: Bool { code == 11 || message.contains("compacted") }
  var isLeaseGone: Bool { message.contains("lease not found") }

  /// Whether another member may do better.
  var isPassing: Bool { code == 14 || code == 4 || message.contains("no leader") }

  var error: IdentityStoreError {
    if message.contains("space exceeded") { return .full }
    if message.contains("too large") || message.contains("too many operations") { return .tooLarge }
    if code == 7 || needsToken || message.contains("authentication failed") { return .refused(reason: message) }
    return .unreachable(reason: message)
  }
}

import Backend
import Cryptography
import S3Model

/// Where a listing goes on, opaque to clients: the last key or common prefix that was listed.
enum ContinuationToken {
  static func after(_ key: [UInt8]) -> ByteString {
    ByteString(Base64.encode([Self.version] + key, .urlSafe))
  }

  static func key(_ token: ByteString) throws(BackendFailure) -> [UInt8] {
    guard token.count <= 2048, let bytes = Base64.decode(token.bytes, .urlSafe), bytes.first == version else {
      throw .refused(
        StoreError(
          .invalidArgument, message: "The continuation token provided is incorrect",
          details: [(name: "ArgumentName", value: "continuation-token")]))
    }
    return Array(bytes.dropFirst())
  }

  private static let version: UInt8 = 1
}

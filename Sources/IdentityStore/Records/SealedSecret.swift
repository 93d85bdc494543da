import Cryptography
public import S3Model

/// A secret as a store may see it: an AES-256-GCM box under a key of the key ring, bound to the record and member that
/// it belongs to.
///
/// Text: `ringKeyID.base64(nonce and box)`. See ``SecretSealer``.
public struct SealedSecret: Hashable, Sendable {
  /// Id of the ring key that opens it.
  public let ringKeyID: ByteString
  let nonce: [UInt8]
  let box: [UInt8]

  init(ringKeyID: ByteString, nonce: [UInt8], box: [UInt8]) {
    self.ringKeyID = ringKeyID
    self.nonce = nonce
    self.box = box
  }

  public init(text: ByteString) throws(RecordFault) {
    guard let dot = text.bytes.firstIndex(of: UInt8(ascii: ".")), dot > 0,
      let bytes = Base64.decode(Array(text.bytes[(dot + 1)...])),
      bytes.count >= AESGCMKey.nonceCount + AESGCMKey.tagCount
    else { throw RecordFault(member: "secret") }
    ringKeyID = ByteString(text.bytes[..<dot])
    nonce = Array(bytes[..<AESGCMKey.nonceCount])
    box = Array(bytes[AESGCMKey.nonceCount...])
  }

  public var text: ByteString { ByteString(ringKeyID.text + "." + Base64.encode(nonce + box)) }
}

/// `sts`: temporary credentials.
public struct STSSettings: Hashable, Sendable {
  /// The keys that session tokens are sealed with.
  public let keyRingFile: String
  /// Longest session token that is issued, in bytes; more is `PackedPolicyTooLarge`.
  public let tokenBytesMax: Int

  init(_ reader: SectionReader, data: String) {
    keyRingFile = reader.path("key_ring_file") ?? data + "/keyring.json"
    tokenBytesMax = reader.size("token_bytes_max", default: 4096, in: 1024...8192)
  }
}

/// `sts`: temporary credentials.
public struct STSSettings: Hashable, Sendable {
  /// The keys that session tokens are sealed with.
  public let keyRingFile: String
  /// Longest session token that is issued, in bytes; more is `PackedPolicyTooLarge`.
  public let tokenBytesMax: Int

  /// How long service accounts of people may live whom an identity provider vouches for.
  public let federatedServiceAccountMax: Duration

  init(_ reader: SectionReader, data: String) {
    keyRingFile = reader.path("key_ring_file") ?? data + "/keyring.json"
    tokenBytesMax = reader.size("token_bytes_max", default: 4096, in: 1024...8192)
    federatedServiceAccountMax = reader.duration(
      "federated_service_account_max", default: .seconds(30 * 86_400), in: .seconds(60)...(.seconds(3650 * 86_400)))
  }
}

public import Cryptography
public import S3Model

/// A record that holds sealed secrets.
public protocol SecretRecord: IdentityRecord {
  /// Gives every secret to `change`, with the name that it is bound to, and takes what comes back.
  func changingSecrets(
    _ change: (SealedSecret, _ member: String) throws(CryptographyError) -> SealedSecret
  ) throws(CryptographyError) -> Self
}

extension SecretRecord {
  /// Ids of the ring keys that its secrets need.
  public var ringKeyIDs: Set<ByteString> {
    var ids: Set<ByteString> = []
    do throws(CryptographyError) {
      _ = try changingSecrets { secret, _ throws(CryptographyError) in
        ids.insert(secret.ringKeyID)
        return secret
      }
    } catch {
      preconditionFailure("nothing above throws")
    }
    return ids
  }

  /// The same secrets under the sealer's newest key; those that are stay as they are.
  /// - Throws: `authenticationFailed` when one does not open.
  public func resealed(_ sealer: SecretSealer) throws(CryptographyError) -> Self {
    try changingSecrets { secret, member throws(CryptographyError) in
      if sealer.isCurrent(secret) { return secret }
      return try sealer.seal(sealer.open(secret, owner: key, member: member), owner: key, member: member)
    }
  }

  /// Whether every secret opens.
  public func opens(_ sealer: SecretSealer) -> Bool {
    do throws(CryptographyError) {
      _ = try changingSecrets { secret, member throws(CryptographyError) in
        _ = try sealer.open(secret, owner: key, member: member)
        return secret
      }
      return true
    } catch {
      return false
    }
  }
}

extension KeyRecord: SecretRecord {
  public func changingSecrets(
    _ change: (SealedSecret, _ member: String) throws(CryptographyError) -> SealedSecret
  ) throws(CryptographyError) -> KeyRecord {
    var record = self
    record.secret = try change(secret, "secret")
    return record
  }
}

extension MFADeviceRecord: SecretRecord {
  /// What seeds are bound to, beside the record.
  public static let seedMember = "seed"

  public func changingSecrets(
    _ change: (SealedSecret, _ member: String) throws(CryptographyError) -> SealedSecret
  ) throws(CryptographyError) -> MFADeviceRecord {
    var record = self
    record.seed = try change(seed, Self.seedMember)
    return record
  }
}

extension LoginProfileRecord: SecretRecord {
  /// What hashes are bound to, beside the record.
  public static let hashMember = "password"

  public func changingSecrets(
    _ change: (SealedSecret, _ member: String) throws(CryptographyError) -> SealedSecret
  ) throws(CryptographyError) -> LoginProfileRecord {
    var record = self
    record.password.sealed = try change(password.sealed, Self.hashMember)
    for index in former.indices { record.former[index].sealed = try change(former[index].sealed, Self.hashMember) }
    return record
  }
}

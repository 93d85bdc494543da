extension PublicKey {
  /// Whether an RSA modulus bears the mark of Infineon's faulty key generation (CVE-2017-15361, "ROCA"): modulo each of
  /// these primes it is a power of 65537. A sound key does so by chance once in 2^27. False for other kinds of keys.
  ///
  /// Source: Nemec et al., "The Return of Coppersmith's Attack", section 2.2 (CCS 2017).
  public func hasROCAFingerprint() throws(CryptographyError) -> Bool {
    guard case .rsa(let modulus, _) = try parameters() else { return false }
    return [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157].allSatisfy { prime in
      let remainder = modulus.reduce(0) { ($0 << 8 | Int($1)) % prime }
      var power = 1
      repeat {
        if power == remainder { return true }
        power = power * 65537 % prime
      } while power != 1
      return false
    }
  }
}

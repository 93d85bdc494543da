import COpenSSL

/// Which implementation of cryptography the process uses.
public enum TLSProvider {
  /// Makes OpenSSL use validated cryptography only, in the whole process: loads the FIPS provider, has it test itself,
  /// and makes `fips=yes` the default for every look-up. Call it before anything else uses OpenSSL.
  ///
  /// Source: OpenSSL's fips_module(7).
  /// - Parameters:
  ///   - modulePath: the provider's file, such as `/usr/lib/x86_64-linux-gnu/ossl-modules/fips.so`.
  ///   - configurationPath: what `openssl fipsinstall` wrote for that file; nil when the system's own `openssl.cnf`
  ///     already includes it.
  /// - Throws: `TLSError.fipsUnavailable`, or `unreadableFile`. The process must then not go on: what it was asked to
  ///   promise it cannot.
  public static func enableFIPS(modulePath: String, configurationPath: String? = nil) throws(TLSError) {
    guard FileAccess.exists(modulePath) else { throw .unreadableFile(path: modulePath, errno: 2) }
    if let configurationPath { try configure(modulePath: modulePath, configurationPath: configurationPath) }

    // OpenSSL finds a provider by its name in a folder.
    let slash = modulePath.lastIndex(of: "/")
    let folder = slash.map { String(modulePath[..<$0]) } ?? "."
    var name = slash.map { String(modulePath[modulePath.index(after: $0)...]) } ?? modulePath
    if name.hasSuffix(".so") { name.removeLast(3) }
    guard OSSL_PROVIDER_set_default_search_path(nil, folder) == 1 else { throw .fipsUnavailable(.takeLast()) }
    guard let provider = OSSL_PROVIDER_load(nil, name) else {
      let reason = OpenSSLReason.takeLast()
      OSSL_PROVIDER_set_default_search_path(nil, nil)
      throw .fipsUnavailable(reason)
    }
    // Providers stay loaded for the life of the process. "base" brings the encoders, which hold no cryptography.
    guard
      OSSL_PROVIDER_self_test(provider) == 1, OSSL_PROVIDER_load(nil, "base") != nil,
      EVP_default_properties_enable_fips(nil, 1) == 1, isInForce(provider: name)
    else { throw .fipsUnavailable(.takeLast()) }
  }

  /// Whether look-ups now end at the provider, and only there: MD5 is what no FIPS module has.
  private static func isInForce(provider name: String) -> Bool {
    guard let digest = EVP_MD_fetch(nil, "SHA2-256", nil) else { return false }
    defer { EVP_MD_free(digest) }
    guard let provider = EVP_MD_get0_provider(digest), let found = OSSL_PROVIDER_get0_name(provider) else {
      return false
    }
    if let md5 = EVP_MD_fetch(nil, "MD5", nil) {
      EVP_MD_free(md5)
      return false
    }
    ERR_clear_error()
    return String(cString: found) == name
  }

  /// The provider checks its own file against the MAC in its configuration, which must therefore be loaded first.
  private static func configure(modulePath: String, configurationPath: String) throws(TLSError) {
    guard FileAccess.exists(configurationPath) else { throw .unreadableFile(path: configurationPath, errno: 2) }
    for path in [modulePath, configurationPath] {
      guard path.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x24 && $0 != 0x23 }) else {
        throw .unreadableFile(path: path, errno: 22)
      }
    }
    let text = """
      openssl_conf = martlet
      .include = \(configurationPath)
      [martlet]
      providers = martlet_providers
      [martlet_providers]
      fips = fips_sect
      base = martlet_base
      [martlet_base]
      activate = 1
      [fips_sect]
      module = \(modulePath)

      """
    guard let bio = BIO_new_mem_buf(text, Int32(text.utf8.count)) else { throw .fipsUnavailable(.takeLast()) }
    defer { BIO_free(bio) }
    guard let configuration = NCONF_new(nil) else { throw .fipsUnavailable(.takeLast()) }
    defer { NCONF_free(configuration) }
    var line = 0
    guard
      NCONF_load_bio(configuration, bio, &line) == 1,
      CONF_modules_load(configuration, nil, UInt(CONF_MFLAGS_DEFAULT_SECTION)) == 1
    else { throw .fipsUnavailable(.takeLast()) }
  }
}

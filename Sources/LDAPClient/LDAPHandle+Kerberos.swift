import CGSSAPI
import CLDAP

extension LDAPHandle {
  /// Signs in by SASL's GSSAPI. The ticket stays in memory. Asks the KDC, with the library's own timeouts.
  func bind(principal: String, keytab: String) throws(LDAPError) {
    let credential = try Self.credential(principal, keytab: keytab)
    defer {
      var (minor, released) = (OM_uint32(), Optional(credential))
      gss_release_cred(&minor, &released)
    }
    // Directories refuse a second encryption within TLS.
    if ldap_tls_inplace(ld) == 1 { try set(LDAP_OPT_X_SASL_SECPROPS, "maxssf=0") }
    // SASL takes this thread's default cache, where the credential's ticket is.
    var minor = OM_uint32()
    guard gss_krb5_ccache_name(&minor, Self.cache(principal), nil) == CGSSAPI_S_COMPLETE() else {
      throw .unusable(reason: "the library cannot sign in by ticket")
    }
    defer { gss_krb5_ccache_name(&minor, nil, nil) }
    let status = CLDAP_gssapi_bind(ld)
    guard status == LDAP_SUCCESS else {
      throw Self.isLost(status) && status != LDAP_LOCAL_ERROR
        ? unreachable(status) : .unusable(reason: "the account that looks people up is refused")
    }
  }

  private static func cache(_ principal: String) -> String { "MEMORY:martlet-ldap-\(principal)" }

  private static func credential(_ principal: String, keytab: String) throws(LDAPError) -> gss_cred_id_t {
    var minor = OM_uint32()
    var name: gss_name_t?
    var bytes = Array(principal.utf8)
    let imported = bytes.withUnsafeMutableBytes { bytes in
      var text = gss_buffer_desc(length: bytes.count, value: bytes.baseAddress)
      return gss_import_name(&minor, &text, CGSSAPI_NT_PRINCIPAL_NAME(), &name)
    }
    guard imported == CGSSAPI_S_COMPLETE(), let name else { throw .unusable(reason: "the principal is none") }
    defer {
      var released = Optional(name)
      gss_release_name(&minor, &released)
    }
    var credential: gss_cred_id_t?
    let status = withStore(["client_keytab": "FILE:\(keytab)", "ccache": cache(principal)]) { store in
      gss_acquire_cred_from(&minor, name, 0, nil, gss_cred_usage_t(GSS_C_INITIATE), store, &credential, nil, nil)
    }
    guard status == CGSSAPI_S_COMPLETE(), let credential else {
      throw .unusable(reason: "the keytab gives no ticket for the account that looks people up")
    }
    return credential
  }

  private static func withStore<Result>(
    _ entries: [String: String], _ body: (UnsafePointer<gss_key_value_set_desc>) -> Result
  ) -> Result {
    let texts = CStrings(entries.flatMap { [$0.key, $0.value] })
    var elements = (0..<entries.count).map { index in
      gss_key_value_element_desc(
        key: UnsafePointer(texts.pointers[2 * index]), value: UnsafePointer(texts.pointers[2 * index + 1]))
    }
    return withExtendedLifetime(texts) {
      elements.withUnsafeMutableBufferPointer { elements in
        var store = gss_key_value_set_desc(count: OM_uint32(elements.count), elements: elements.baseAddress)
        return body(&store)
      }
    }
  }
}

import CGSSAPI

/// What a client sends: its user's ticket for a service, from the credential cache that `kinit` filled.
public enum ServiceTicket {
  /// The token that goes behind `Negotiate` in base64 (RFC 4559 section 4.2). Blocks: the KDC may be asked.
  /// - Parameter host: of the service `HTTP@host`.
  /// - Throws: `refused` with the library's words: no cache, expired, no such service …
  public static func token(host: String) throws(KerberosError) -> [UInt8] {
    var minor: OM_uint32 = 0
    var name: gss_name_t?
    var text = Array("HTTP@\(host)".utf8)
    let imported = text.withUnsafeMutableBytes { bytes in
      var buffer = gss_buffer_desc(length: bytes.count, value: bytes.baseAddress)
      return gss_import_name(&minor, &buffer, CGSSAPI_NT_HOSTBASED_SERVICE(), &name)
    }
    guard imported == CGSSAPI_S_COMPLETE() else { throw .refused(reason: GSSStatus.text(imported, minor)) }
    defer {
      var ignored: OM_uint32 = 0
      gss_release_name(&ignored, &name)
    }
    var context: gss_ctx_id_t?
    var token = gss_buffer_desc()
    let status = gss_init_sec_context(
      &minor, nil, &context, name, CGSSAPI_mech_spnego(), CGSSAPI_C_MUTUAL_FLAG(), 0, nil, nil, nil, &token, nil, nil)
    defer {
      var ignored: OM_uint32 = 0
      gss_release_buffer(&ignored, &token)
      gss_delete_sec_context(&ignored, &context, nil)
    }
    // Mutual authentication would go on with the answer; TLS has already told who the server is.
    guard status == CGSSAPI_S_COMPLETE() || status == CGSSAPI_S_CONTINUE_NEEDED(), token.length > 0 else {
      throw .refused(reason: GSSStatus.text(status, minor))
    }
    return Array(UnsafeRawBufferPointer(start: token.value, count: token.length))
  }
}

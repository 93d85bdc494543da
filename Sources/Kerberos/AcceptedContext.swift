import CGSSAPI

/// A security context that the client's token has completed, and what it says. Owns all that the library made for it.
final class AcceptedContext {
  private var context: gss_ctx_id_t?
  private var client: gss_name_t?
  private let flags: OM_uint32
  let answer: [UInt8]

  /// - Parameter binding: what tokens that are bound to a connection must be bound to (RFC 5929); nil without TLS.
  init(_ token: NegotiateToken, _ credential: AcceptorCredential, binding: [UInt8]?) throws(KerberosError) {
    var minor: OM_uint32 = 0
    var context: gss_ctx_id_t?
    var client: gss_name_t?
    var mechanism: gss_OID?
    var output = gss_buffer_desc()
    var flags: OM_uint32 = 0
    let major = token.bytes.withUnsafeBytes { token in
      (binding ?? []).withUnsafeBytes { data in
        var input = gss_buffer_desc(length: token.count, value: UnsafeMutableRawPointer(mutating: token.baseAddress))
        var bindings = gss_channel_bindings_struct()
        bindings.application_data = gss_buffer_desc(
          length: data.count, value: UnsafeMutableRawPointer(mutating: data.baseAddress))
        return withUnsafeMutablePointer(to: &bindings) { bindings in
          gss_accept_sec_context(
            &minor, &context, credential.handle, &input, binding == nil ? nil : bindings, &client, &mechanism, &output,
            &flags, nil, nil)
        }
      }
    }
    // All stored before anything throws: `deinit` frees what there is.
    self.context = context
    self.client = client
    self.flags = flags
    answer = Array(UnsafeRawBufferPointer(start: output.value, count: output.length))
    var ignored: OM_uint32 = 0
    gss_release_buffer(&ignored, &output)
    guard major == CGSSAPI_S_COMPLETE() else { throw Self.error(major, minor) }
    guard let mechanism, gss_oid_equal(mechanism, CGSSAPI_mech_krb5()) != 0 else { throw .notKerberos }
  }

  deinit {
    var minor: OM_uint32 = 0
    if client != nil { gss_release_name(&minor, &client) }
    if context != nil { gss_delete_sec_context(&minor, &context, nil) }
  }

  private static func error(_ major: OM_uint32, _ minor: OM_uint32) -> KerberosError {
    let routine = CGSSAPI_ROUTINE_ERROR(major)
    if routine == 0 { return .needsContinuation }
    if routine == CGSSAPI_S_BAD_BINDINGS() { return .wrongBinding }
    if routine == CGSSAPI_S_CREDENTIALS_EXPIRED() { return .expired }
    let text = GSSStatus.text(major, minor)
    // The library maps its codes to numbers of its own; words are what is left to tell them apart by.
    if text.hasPrefix("Ticket expired") { return .expired }
    return .refused(reason: text)
  }

  var isAnonymous: Bool { flags & CGSSAPI_C_ANON_FLAG() != 0 }
  var isChannelBound: Bool { flags & CGSSAPI_C_CHANNEL_BOUND_FLAG() != 0 }

  /// Who the ticket was made for, as the library writes names.
  func clientName() -> [UInt8]? { client.flatMap(Self.display) }

  /// Whose key opened the ticket.
  func serviceName() -> [UInt8]? {
    var minor: OM_uint32 = 0
    var target: gss_name_t?
    var isInitiator: Int32 = 1
    var isOpen: Int32 = 0
    let major = gss_inquire_context(&minor, context, nil, &target, nil, nil, nil, &isInitiator, &isOpen)
    defer { if target != nil { gss_release_name(&minor, &target) } }
    guard major == CGSSAPI_S_COMPLETE(), isInitiator == 0, isOpen != 0, let target else { return nil }
    return Self.display(target)
  }

  private static func display(_ name: gss_name_t) -> [UInt8]? {
    var minor: OM_uint32 = 0
    var buffer = gss_buffer_desc()
    var type: gss_OID?
    let major = gss_display_name(&minor, name, &buffer, &type)
    guard major == CGSSAPI_S_COMPLETE() else { return nil }
    defer { gss_release_buffer(&minor, &buffer) }
    guard let type, gss_oid_equal(type, CGSSAPI_NT_PRINCIPAL_NAME()) != 0 else { return nil }
    return Array(UnsafeRawBufferPointer(start: buffer.value, count: buffer.length))
  }

  /// A part of the directory's data in the ticket, which the library has verified; nil where there is none.
  func verifiedAttribute(_ name: String) -> [UInt8]? {
    guard let client else { return nil }
    var minor: OM_uint32 = 0
    var authenticated: Int32 = 0
    var complete: Int32 = 0
    var more: Int32 = -1
    var value = gss_buffer_desc()
    var display = gss_buffer_desc()
    let major = Array(name.utf8).withUnsafeBytes { bytes in
      var attribute = gss_buffer_desc(length: bytes.count, value: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
      return gss_get_name_attribute(
        &minor, client, &attribute, &authenticated, &complete, &value, &display, &more)
    }
    guard major == CGSSAPI_S_COMPLETE() else { return nil }
    defer {
      gss_release_buffer(&minor, &value)
      gss_release_buffer(&minor, &display)
    }
    guard authenticated != 0 else { return nil }
    return Array(UnsafeRawBufferPointer(start: value.value, count: value.length))
  }

  /// When the ticket ends, in seconds since 1970. The context is used up by this.
  ///
  /// Not `gss_context_time`, which adds the clock skew that the library allows.
  func takeEndSeconds() -> Int64? {
    var minor: OM_uint32 = 0
    var exported: UnsafeMutableRawPointer?
    guard gss_krb5_export_lucid_sec_context(&minor, &context, 1, &exported) == CGSSAPI_S_COMPLETE(), let exported
    else { return nil }
    defer { gss_krb5_free_lucid_sec_context(&minor, exported) }
    return Int64(exported.assumingMemoryBound(to: gss_krb5_lucid_context_v1_t.self).pointee.endtime)
  }
}

import CGSSAPI

/// The library's handle on keytab and replay cache. Used by one thread at a time.
final class AcceptorCredential: @unchecked Sendable {
  // Unchecked: immutable after init, and handed from thread to thread as a whole.
  let handle: gss_cred_id_t

  /// - Parameters:
  ///   - keytab, replayCache: as the library names them, such as `FILE:/path` and `file2:/path`.
  ///   - principal: must have a key in the keytab; nil for any.
  init(keytab: String, replayCache: String, principal: [UInt8]? = nil) throws(KerberosError) {
    var minor: OM_uint32 = 0
    var name: gss_name_t?
    defer { if name != nil { gss_release_name(&minor, &name) } }
    if let principal {
      let major = principal.withUnsafeBytes { bytes in
        var buffer = gss_buffer_desc(
          length: bytes.count, value: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
        return gss_import_name(&minor, &buffer, CGSSAPI_NT_PRINCIPAL_NAME(), &name)
      }
      guard major == CGSSAPI_S_COMPLETE() else { throw .unusable(reason: GSSStatus.text(major, minor)) }
    }
    var handle: gss_cred_id_t?
    let major = keytab.withCString { keytab in
      replayCache.withCString { replayCache in
        "keytab".withCString { keytabKey in
          "rcache".withCString { replayCacheKey in
            var elements = [
              gss_key_value_element_desc(key: keytabKey, value: keytab),
              gss_key_value_element_desc(key: replayCacheKey, value: replayCache),
            ]
            return elements.withUnsafeMutableBufferPointer { elements in
              var store = gss_key_value_set_desc(count: OM_uint32(elements.count), elements: elements.baseAddress)
              return gss_acquire_cred_from(
                &minor, name, CGSSAPI_C_INDEFINITE(), CGSSAPI_accepted_mechs(), CGSSAPI_C_ACCEPT(), &store, &handle,
                nil, nil)
            }
          }
        }
      }
    }
    guard major == CGSSAPI_S_COMPLETE(), let handle else { throw .unusable(reason: GSSStatus.text(major, minor)) }
    let limited = gss_set_neg_mechs(&minor, handle, CGSSAPI_negotiated_mechs())
    guard limited == CGSSAPI_S_COMPLETE() else {
      var handle: gss_cred_id_t? = handle
      let reason = GSSStatus.text(limited, minor)
      gss_release_cred(&minor, &handle)
      throw .unusable(reason: reason)
    }
    self.handle = handle
  }

  deinit {
    var minor: OM_uint32 = 0
    var handle: gss_cred_id_t? = handle
    gss_release_cred(&minor, &handle)
  }
}

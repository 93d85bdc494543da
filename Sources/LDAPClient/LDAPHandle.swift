import CLDAP
import Glibc
import LDAPNames

/// One connection with one server. Used by one thread at a time; its calls block, each for a timeout at most.
///
/// Nothing of the system's `ldap.conf` or of the environment counts for what matters: it is all set here.
final class LDAPHandle: @unchecked Sendable {
  // Unchecked: handed from thread to thread as a whole.
  let ld: OpaquePointer
  private let timeout: Duration
  /// When it was last used.
  var used = ContinuousClock.now

  /// An answer of a server is refused where it is larger: no person or group needs as much.
  private static let messageBytesMax = 4 << 20
  private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"
  /// GnuTLS's words: nothing older than TLS 1.2.
  private static let ciphers = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

  /// Connects, and lets the server prove who it is.
  init(_ server: LDAPServer, authorities: String?, timeout: Duration) throws(LDAPError) {
    var made: OpaquePointer?
    let status = ldap_initialize(&made, server.url)
    guard status == LDAP_SUCCESS, let ld = made else { throw .unreachable(reason: Self.text(status)) }
    self.ld = ld
    self.timeout = timeout
    try set(LDAP_OPT_PROTOCOL_VERSION, LDAP_VERSION3)
    // Referrals lead to servers that nobody configured.
    try set(LDAP_OPT_REFERRALS, flag: false)
    try set(LDAP_OPT_RESTART, flag: true)
    try set(LDAP_OPT_DEREF, LDAP_DEREF_NEVER)
    try set(LDAP_OPT_NETWORK_TIMEOUT, timeout)
    try set(LDAP_OPT_TIMEOUT, timeout)
    try set(LDAP_OPT_X_SASL_NOCANON, flag: true)
    if server.security != .plain {
      try set(LDAP_OPT_X_TLS_CACERTDIR, "")
      try set(LDAP_OPT_X_TLS_CACERTFILE, authorities ?? Self.systemAuthorities)
      try set(LDAP_OPT_X_TLS_CERTFILE, "")
      try set(LDAP_OPT_X_TLS_KEYFILE, "")
      try set(LDAP_OPT_X_TLS_CRLFILE, "")
      try set(LDAP_OPT_X_TLS_REQUIRE_CERT, LDAP_OPT_X_TLS_DEMAND)
      // The certificate's names; its subject's where it has none.
      try set(LDAP_OPT_X_TLS_REQUIRE_SAN, LDAP_OPT_X_TLS_ALLOW)
      try set(LDAP_OPT_X_TLS_PROTOCOL_MIN, CLDAP_TLS_1_2())
      try set(LDAP_OPT_X_TLS_CIPHER_SUITE, Self.ciphers)
      // All of the above counts from here on, for this handle.
      try set(LDAP_OPT_X_TLS_NEWCTX, 0)
    }
    let connected = server.security == .startTLS ? ldap_start_tls_s(ld, nil, nil) : ldap_connect(ld)
    guard connected == LDAP_SUCCESS else { throw unreachable(connected) }
    if server.security != .plain {
      guard ldap_tls_inplace(ld) == 1 else { throw .unreachable(reason: "no TLS") }
    }
    var buffer: OpaquePointer?
    guard ldap_get_option(ld, LDAP_OPT_SOCKBUF, &buffer) == LDAP_OPT_SUCCESS, let buffer else {
      throw .unreachable(reason: "no connection")
    }
    var bytesMax = ber_len_t(Self.messageBytesMax)
    _ = ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &bytesMax)
  }

  deinit { ldap_unbind_ext(ld, nil, nil) }

  // MARK: Options

  private func set(_ option: Int32, _ value: Int32) throws(LDAPError) {
    var value = value
    try check(ldap_set_option(ld, option, &value))
  }

  private func set(_ option: Int32, flag: Bool) throws(LDAPError) {
    try check(ldap_set_option(ld, option, flag ? CLDAP_ON() : nil))
  }

  func set(_ option: Int32, _ text: String) throws(LDAPError) {
    try check(ldap_set_option(ld, option, text))
  }

  private func set(_ option: Int32, _ duration: Duration) throws(LDAPError) {
    var value = Self.time(duration)
    try check(ldap_set_option(ld, option, &value))
  }

  /// The certificates are read here; a file that cannot be read is one reason.
  private func check(_ status: Int32) throws(LDAPError) {
    guard status == LDAP_OPT_SUCCESS else { throw .unusable(reason: "the connection cannot be set up as it must be") }
  }

  // MARK: Errors

  private static func text(_ status: Int32) -> String { String(cString: ldap_err2string(status)) }

  /// With the library's own words, about certificates among others, but none of the server's about requests.
  func unreachable(_ status: Int32) -> LDAPError {
    var words: UnsafeMutablePointer<CChar>?
    ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &words)
    guard let words else { return .unreachable(reason: Self.text(status)) }
    defer { ldap_memfree(words) }
    let bytes = String(cString: words).utf8.prefix(200).map { $0 >= 0x20 && $0 < 0x7F ? $0 : 0x3F }
    return .unreachable(reason: "\(Self.text(status)): \(String(decoding: bytes, as: UTF8.self))")
  }

  /// Whether the connection is of no use any more; another may be.
  static func isLost(_ status: Int32) -> Bool {
    switch status {
    case LDAP_SERVER_DOWN, LDAP_TIMEOUT, LDAP_CONNECT_ERROR, LDAP_UNAVAILABLE, LDAP_BUSY, LDAP_DECODING_ERROR,
      LDAP_ENCODING_ERROR, LDAP_LOCAL_ERROR:
      true
    default: false
    }
  }

  private static func time(_ duration: Duration) -> timeval {
    let (seconds, attoseconds) = duration.components
    return timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
  }

  private func remaining(_ deadline: ContinuousClock.Instant) -> timeval {
    Self.time(max(.milliseconds(1), deadline - .now))
  }

  // MARK: Operations

  /// Whether the directory takes the password.
  enum Bind {
    case accepted
    case wrongPassword
    case refused(AccountFault)
  }

  /// - Parameters:
  ///   - name: of an entry; empty for nobody in particular.
  ///   - password: never empty where there is a name: servers take that for nobody, and say yes.
  func bind(_ name: [UInt8], password: [UInt8]) throws(LDAPError) -> Bind {
    guard name.isEmpty == password.isEmpty, !password.contains(0), !name.contains(0) else {
      throw .refused(.malformedPassword)
    }
    used = .now
    var control: UnsafeMutablePointer<LDAPControl>?
    guard ldap_create_passwordpolicy_control(ld, &control) == LDAP_SUCCESS, let control else {
      throw .unusable(reason: "no memory")
    }
    defer { ldap_control_free(control) }
    var controls: [UnsafeMutablePointer<LDAPControl>?] = [control, nil]
    var message: Int32 = 0
    var password = password
    let sent = password.withUnsafeMutableBytes { bytes in
      var credential = berval(
        bv_len: ber_len_t(bytes.count), bv_val: bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
      return Self.withText(name) { name in
        ldap_sasl_bind(ld, name, nil, &credential, &controls, nil, &message)
      }
    }
    guard sent == LDAP_SUCCESS else { throw unreachable(sent) }
    let deadline = ContinuousClock.now + timeout
    let result = try answer(message, deadline)
    var status: Int32 = 0
    var answered: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
    let parsed = ldap_parse_result(ld, result, &status, nil, nil, nil, &answered, 1)
    defer { if let answered { ldap_controls_free(answered) } }
    guard parsed == LDAP_SUCCESS else { throw unreachable(parsed) }
    let fault = policyFault(answered)
    switch status {
    case LDAP_SUCCESS: return fault.map { .refused($0) } ?? .accepted
    case LDAP_INVALID_CREDENTIALS: return fault.map { .refused($0) } ?? .wrongPassword
    // What servers say of entries without a password, or of passwords too weak to be taken.
    case LDAP_INAPPROPRIATE_AUTH, LDAP_NO_SUCH_OBJECT, LDAP_CONSTRAINT_VIOLATION: return .wrongPassword
    default:
      if Self.isLost(status) { throw .unreachable(reason: Self.text(status)) }
      throw .unusable(reason: Self.text(status))
    }
  }

  /// What the password's rules say beside the answer, even a good one.
  /// Source: draft-behera-ldap-password-policy section 6.2.
  private func policyFault(
    _ controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
  ) -> AccountFault? {
    guard let controls, let control = ldap_control_find(CLDAP_PASSWORD_POLICY_RESPONSE(), controls, nil) else {
      return nil
    }
    var expiry: ber_int_t = -1
    var grace: ber_int_t = -1
    var error = PP_noError
    guard ldap_parse_passwordpolicy_control(ld, control, &expiry, &grace, &error) == LDAP_SUCCESS else {
      return .passwordExpired
    }
    switch error {
    case PP_noError: return nil
    case PP_accountLocked: return .locked
    case PP_changeAfterReset: return .passwordMustChange
    default: return .passwordExpired
    }
  }

  /// What a search found.
  struct Found {
    var entries: [LDAPEntry] = []
    /// Whether there are more than were wanted.
    var isMore = false
    /// The base is not there, or not to be seen.
    var isBaseMissing = false
  }

  func search(
    base: [UInt8], scope: LDAPSearchScope, filter: [UInt8], attributes: [String], countMax: Int
  ) throws(LDAPError) -> Found {
    guard !base.contains(0), !filter.contains(0) else { throw .refused(.malformedName) }
    used = .now
    let deadline = ContinuousClock.now + timeout
    var limit = remaining(deadline)
    var message: Int32 = 0
    let wanted = CStrings(attributes)
    let sent = Self.withText(base) { base in
      Self.withText(filter) { filter in
        // One more, so that too many are told from as many as may be.
        ldap_search_ext(
          ld, base, scope.value, filter, wanted.pointers, 0, nil, nil, &limit, Int32(clamping: countMax + 1), &message)
      }
    }
    guard sent == LDAP_SUCCESS else {
      if Self.isLost(sent) { throw unreachable(sent) }
      throw .unusable(reason: Self.text(sent))
    }
    var found = Found()
    while true {
      let part = try answer(message, deadline)
      switch UInt32(bitPattern: ldap_msgtype(part)) {
      case UInt32(LDAP_RES_SEARCH_ENTRY):
        defer { ldap_msgfree(part) }
        guard found.entries.count < countMax else {
          ldap_abandon_ext(ld, message, nil, nil)
          found.isMore = true
          return found
        }
        found.entries.append(try entry(part))
      case UInt32(LDAP_RES_SEARCH_RESULT):
        var status: Int32 = 0
        let parsed = ldap_parse_result(ld, part, &status, nil, nil, nil, nil, 1)
        guard parsed == LDAP_SUCCESS else { throw unreachable(parsed) }
        switch status {
        case LDAP_SUCCESS: return found
        case LDAP_NO_SUCH_OBJECT:
          found.isBaseMissing = true
          return found
        default:
          if Self.isLost(status) { throw .unreachable(reason: Self.text(status)) }
          throw .unusable(reason: Self.text(status))
        }
      // References to parts that other servers have: not followed.
      default: ldap_msgfree(part)
      }
    }
  }

  private func answer(_ message: Int32, _ deadline: ContinuousClock.Instant) throws(LDAPError) -> OpaquePointer {
    var result: OpaquePointer?
    var time = remaining(deadline)
    let type = deadline > .now ? ldap_result(ld, message, LDAP_MSG_ONE, &time, &result) : 0
    guard type > 0, let result else {
      if type == 0 {
        ldap_abandon_ext(ld, message, nil, nil)
        throw .unreachable(reason: "no answer in time")
      }
      var status: Int32 = LDAP_SERVER_DOWN
      ldap_get_option(ld, LDAP_OPT_RESULT_CODE, &status)
      throw unreachable(status)
    }
    return result
  }

  private func entry(_ message: OpaquePointer) throws(LDAPError) -> LDAPEntry {
    guard let name = ldap_get_dn(ld, message) else { throw .unusable(reason: "an entry without a name") }
    defer { ldap_memfree(name) }
    var entry = LDAPEntry(name: Array(String(cString: name).utf8), attributes: [:])
    var cursor: OpaquePointer?
    defer { if let cursor { ber_free(cursor, 0) } }
    var next = ldap_first_attribute(ld, message, &cursor)
    while let type = next {
      defer { ldap_memfree(type) }
      if let values = ldap_get_values_len(ld, message, type) {
        defer { ldap_value_free_len(values) }
        var index = 0
        var copies: [[UInt8]] = []
        while let value = values[index] {
          copies.append(
            Array(UnsafeRawBufferPointer(start: value.pointee.bv_val, count: Int(value.pointee.bv_len))))
          index += 1
        }
        // Without options, such as `;range=0-1499` or `;lang-en`: those are not all there is.
        entry.attributes[String(cString: type).lowercased()] = copies
      }
      next = ldap_next_attribute(ld, message, cursor)
    }
    return entry
  }

  private static func withText<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (bytes + [0]).withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { chars in
        // Never empty: the last byte is there.
        body(chars.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped)
      }
    }
  }
}

enum LDAPSearchScope {
  case base
  case one
  case subtree

  var value: Int32 {
    switch self {
    case .base: LDAP_SCOPE_BASE
    case .one: LDAP_SCOPE_ONELEVEL
    case .subtree: LDAP_SCOPE_SUBTREE
    }
  }
}

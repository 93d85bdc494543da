import CLDAP
import LDAPNames

/// A domain's servers, as DNS has them. Source: RFC 2782; RFC 4513 section 3.1.3 (which name is checked).
enum ServiceRecords {
  /// In the order of their priority and weight. Blocks.
  ///
  /// Nothing proves what DNS says, so names are taken from that domain alone: a certificate for one of them is proof.
  static func servers(of domain: String, isPlain: Bool) throws(LDAPError) -> [LDAPServer] {
    var list: UnsafeMutablePointer<CChar>?
    let status = ldap_domain2hostlist(domain, &list)
    guard status == LDAP_SUCCESS, let list else { throw .unreachable(reason: "no `_ldap._tcp` records of the domain") }
    defer { ldap_memfree(list) }
    let servers = Self.servers(String(cString: list), domain: domain, isPlain: isPlain)
    guard !servers.isEmpty else { throw .unreachable(reason: "no `_ldap._tcp` records that name hosts of the domain") }
    return servers
  }

  /// - Parameter list: `host:port host:port …`
  static func servers(_ list: String, domain: String, isPlain: Bool) -> [LDAPServer] {
    let domain = domain.lowercased()
    return list.split(separator: " ").prefix(32).compactMap { entry in
      guard let server = LDAPServer(url: "ldap://\(entry)", isPlain: isPlain), server.host.hasSuffix("." + domain)
      else { return nil }
      return server
    }
  }
}

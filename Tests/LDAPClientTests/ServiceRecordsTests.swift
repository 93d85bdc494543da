import LDAPNames
import Testing

@testable import LDAPClient

@Suite struct ServiceRecordsTests {
  @Test func hostsOfTheDomainAlone() throws {
    let servers = ServiceRecords.servers(
      "ldap1.example.com:389 LDAP2.example.com:1389 evil.test:389 notexample.com:389 example.com.evil.test:389",
      domain: "Example.com", isPlain: false)
    #expect(
      servers == [
        LDAPServer(host: "ldap1.example.com", port: 389, security: .startTLS),
        LDAPServer(host: "ldap2.example.com", port: 1389, security: .startTLS),
      ])
    #expect(ServiceRecords.servers("", domain: "example.com", isPlain: false).isEmpty)
  }
}

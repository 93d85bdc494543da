import S3Model
import Testing

@Suite struct HTTPURLTests {
  @Test(arguments: [
    ("https://opa.example", HTTPURL.Scheme.https, "opa.example", 443, "/"),
    ("HTTP://OPA.example:8181/v1/data?x=1", .http, "opa.example", 8181, "/v1/data?x=1"),
    ("https://[2001:db8::1]:8443/a", .https, "2001:db8::1", 8443, "/a"),
    ("http://127.0.0.1?x", .http, "127.0.0.1", 80, "/?x"),
  ])
  func parses(_ text: String, _ scheme: HTTPURL.Scheme, _ host: String, _ port: Int, _ target: String) throws {
    let url = try HTTPURL(text)
    #expect(url.scheme == scheme && url.host == host && url.port == port && url.target == target)
  }

  @Test(arguments: [
    "", "opa.example", "ftp://a", "https://", "https:///a", "https://user@host/", "https://a:b@host/", "https://a#f",
    "https://a b/", "https://a\r\nX: y/", "https://a:0/", "https://a:65536/", "https://a:/", "https://a:+1/",
    "https://[::1", "https://[::1]x/", "https://[127.0.0.1]/", "https://::1/", "https://a..b/", "https://-a/",
    "http://0x7f.1/", "http://127.1/", "http://2130706433/", "http://0177.0.0.1/", "https://a\\@b/",
  ])
  func refuses(_ text: String) {
    #expect(throws: HTTPURL.Malformed.self) { try HTTPURL(text) }
  }

  @Test func knowsLoopback() throws {
    for text in ["http://localhost/", "http://127.9.9.9/", "http://[::1]/", "http://[::ffff:127.0.0.1]/"] {
      let url = try HTTPURL(text)
      #expect(url.isLoopback)
    }
    for text in ["http://localhost.example/", "http://10.0.0.1/", "http://[::2]/", "http://127.0.0.1.example/"] {
      let url = try HTTPURL(text)
      #expect(!url.isLoopback)
    }
  }
}

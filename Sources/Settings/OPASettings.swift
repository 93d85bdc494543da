public import S3Model

/// `authorization.opa`: a policy server that is asked instead of a bundle.
public struct OPASettings: Hashable, Sendable {
  public let url: HTTPURL
  public let server: RemoteServerSettings
  /// From the question to the end of the answer. Default 2 seconds.
  public let timeout: Duration
  /// Default 16.
  public let connectionsPerLoopMax: Int
  /// Whether objects' tags are fetched and sent with every question about an object. Default false.
  public let objectTags: Bool

  /// Nil where no URL is set.
  init?(_ reader: SectionReader) {
    server = RemoteServerSettings(reader)
    timeout = reader.duration("timeout", default: .seconds(2), in: .milliseconds(10)...(.seconds(60)))
    connectionsPerLoopMax = reader.number("connections_per_loop_max", default: 16, in: 1...10_000)
    objectTags = reader.boolean("object_tags", default: false)
    let others = [
      "ca_file", "token_file", "insecure_http", "client_certificate_file", "client_key_file", "timeout",
      "connections_per_loop_max", "object_tags",
    ]
    if !reader.isSet("url"), others.contains(where: { reader.isSet($0) }) { reader.report(.missing, "url") }
    guard let url = reader.value("url", "`https://host[:port][/path]`", { HTTPURL.parse($0) }) else { return nil }
    if server.refuses(url) {
      reader.report(
        .malformed(expected: "`https`, an address of this machine, or `insecure_http: true`", found: "\(url)"), "url")
    }
    self.url = url
  }
}

import ArgumentParser
import Glibc
import NIOPosix
import QueryClient
import S3Model

/// Whom to ask, and as whom: the options and environment of the `aws` command line.
struct QueryOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The gateway. Default: AWS_ENDPOINT_URL, or the profile's.", valueName: "url"))
  var endpointURL: String?

  @Option(help: ArgumentHelp("Authorities that the gateway's certificate is checked by (PEM).", valueName: "file"))
  var caFile: String?

  @Option(help: ArgumentHelp("Profile of ~/.aws/credentials or ~/.aws/config.", valueName: "name"))
  var profile: String?

  @Option(help: ArgumentHelp("Region that signatures name.", valueName: "region"))
  var region: String?

  /// Which API to call, as signatures and endpoints name it.
  enum Service: String {
    case iam, sts

    var version: String { self == .iam ? "2010-05-08" : "2011-06-15" }
  }

  func profile(
    for service: Service, process: ([String]) throws(QueryClientError) -> AWSCredentials = CredentialProcess.credentials
  ) throws(QueryClientError) -> AWSProfile {
    try AWSProfile(
      profile: profile, environment: ProcessEnvironment.all, service: service.rawValue.uppercased(), process: process)
  }

  func call(
    _ action: String, _ parameters: [(name: String, value: String?)] = [], of service: Service = .iam,
    as known: AWSProfile? = nil
  ) async throws(QueryClientError) -> QueryValue {
    let found: AWSProfile
    if let known { found = known } else { found = try profile(for: service) }
    guard let text = endpointURL ?? found.endpointURL else { throw .noEndpoint }
    let url: HTTPURL
    do throws(HTTPURL.Malformed) { url = try HTTPURL(text) } catch { throw .noEndpoint }
    let client = try QueryClient(
      url, credentials: found.credentials, region: region ?? found.region ?? "us-east-1", service: service.rawValue,
      version: service.version, certificateAuthorityFile: caFile ?? found.certificateAuthorityFile,
      group: MultiThreadedEventLoopGroup.singleton)
    defer { client.shutDown() }
    var given: [(name: String, value: String)] = []
    for (name, value) in parameters { if let value { given.append((name, value)) } }
    return try await client.call(action, given, unixSeconds: Int64(time(nil)))
  }
}

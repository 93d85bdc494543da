import Testing

@testable import QueryClient

@Suite struct AWSProfileTests {
  private static let files = [
    "/home/a/.aws/credentials": """
    [default]
    aws_access_key_id = DEFAULTKEY
    aws_secret_access_key=default-secret # not this

    [work]
    AWS_ACCESS_KEY_ID = WORKKEY
    aws_secret_access_key = work=secret#1
    aws_session_token = token
    [half]
    aws_access_key_id = HALF
    """,
    "/home/a/.aws/config": """
    [default]
    region = eu-west-1
    [profile work]
    endpoint_url = https://work:9000
    s3 =
      region = nested
    ca_bundle = /ca.pem
    [profile "in config"]
    aws_access_key_id = CONFIGKEY
    aws_secret_access_key = config-secret
    [profile process]
    credential_process = "/opt/mart let" login --user 'a  b'
    [profile unclosed]
    credential_process = martlet 'login
    [profile role]
    role_arn = arn:aws:iam::123456789012:role/r
    """,
  ]

  private func profile(_ name: String?, _ variables: [String: String] = [:]) throws(QueryClientError) -> AWSProfile {
    try AWSProfile(
      profile: name, environment: variables.merging(["HOME": "/home/a"]) { $1 }, read: { Self.files[$0] },
      process: { AWSCredentials(accessKeyID: $0.joined(separator: "|"), secretAccessKey: "printed", sessionToken: "t") }
    )
  }

  private static let keys = ["AWS_ACCESS_KEY_ID": "ENVKEY", "AWS_SECRET_ACCESS_KEY": "env-secret"]

  @Test(
    arguments: [
      (nil, [:], "DEFAULTKEY", "default-secret"),
      ("work", [:], "WORKKEY", "work=secret#1"),
      ("in config", [:], "CONFIGKEY", "config-secret"),
      (nil, ["AWS_PROFILE": "work"], "WORKKEY", "work=secret#1"),
      (nil, keys, "ENVKEY", "env-secret"),
      // Keys in the environment come before a profile that it names, and behind one that an option names.
      (nil, keys.merging(["AWS_PROFILE": "work"]) { $1 }, "ENVKEY", "env-secret"),
      ("work", keys, "WORKKEY", "work=secret#1"),
    ] as [(String?, [String: String], String, String)])
  func findsCredentialsAsAWSToolsDo(
    _ name: String?, _ variables: [String: String], _ id: String, _ secret: String
  ) throws {
    let credentials = try profile(name, variables).credentials
    #expect(credentials.accessKeyID == id)
    #expect(credentials.secretAccessKey == secret)
    #expect(credentials.sessionToken == (id == "WORKKEY" ? "token" : nil))
    #expect("\(credentials)" == id)
  }

  @Test func asksTheProgramThatAProfileNames() throws {
    let credentials = try profile("process").credentials
    #expect(credentials.accessKeyID == "/opt/mart let|login|--user|a  b")
    #expect(credentials.sessionToken == "t")
    // Keys of its own come first.
    #expect(try profile(nil, ["AWS_PROFILE": "process"].merging(Self.keys) { $1 }).credentials.accessKeyID == "ENVKEY")
  }

  @Test func takesTheProfilesSettings() throws {
    let work = try profile("work")
    #expect(work.endpointURL == "https://work:9000")
    #expect(work.certificateAuthorityFile == "/ca.pem")
    #expect(work.region == nil)
    #expect(try profile(nil).region == "eu-west-1")
    #expect(try profile("work", ["AWS_ENDPOINT_URL": "https://other"]).endpointURL == "https://other")
  }

  @Test func refusesWhatGivesNoCredentials() {
    func refusal(_ name: String?, _ variables: [String: String] = [:]) -> String? {
      do throws(QueryClientError) {
        _ = try profile(name, variables)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(refusal("nobody") == "there is no profile `nobody`")
    #expect(refusal("half")?.contains("only one of") == true)
    #expect(refusal("unclosed")?.contains("no command line") == true)
    #expect(refusal("role")?.contains("`role_arn`") == true)
    #expect(refusal(nil, ["AWS_SECRET_ACCESS_KEY": "very-secret"])?.contains("the environment") == true)
    #expect(refusal(nil, ["AWS_SECRET_ACCESS_KEY": "very-secret"])?.contains("very-secret") == false)
    #expect(refusal("work", ["AWS_SECRET_ACCESS_KEY": "alone"]) == nil)
    #expect(refusal(nil, ["AWS_SHARED_CREDENTIALS_FILE": "/none"])?.contains("no credentials") == true)
  }
}

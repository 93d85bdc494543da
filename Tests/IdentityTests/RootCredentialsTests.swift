import GatewayTesting
import S3Model
import Settings
import Testing

@testable import Identity

@Suite struct RootCredentialsTests {
  private let id = "MARTLET_ROOT_ACCESS_KEY"
  private let secret = "MARTLET_ROOT_SECRET_KEY"
  private let good = "Q7zL0vT4mXk2Rw9bYc8N"

  @Test func makesKeysOnceAndKeepsThem() throws {
    let folder = try TemporaryFolder()
    let made = try RootCredentials.loadOrCreate(dataDirectory: folder.path, environment: [:])
    #expect(made.source == .file(path: folder.path + "/root.json", isNew: true))
    #expect(made.accessKeyID.count == 20)
    #expect(made.accessKeyID.text.hasPrefix("AKIA"))
    #expect(made.secretAccessKey.count == 40)
    #expect(folder.mode("root.json") == 0o600)
    #expect(try RegularFile.names(inFolder: folder.path) == ["root.json"])

    let again = try RootCredentials.loadOrCreate(dataDirectory: folder.path, environment: [:])
    #expect(again.source == .file(path: folder.path + "/root.json", isNew: false))
    #expect(again.accessKeyID == made.accessKeyID)
    #expect(again.secretAccessKey == made.secretAccessKey)

    let other = try TemporaryFolder()
    let different = try RootCredentials.loadOrCreate(dataDirectory: other.path, environment: [:])
    #expect(different.accessKeyID != made.accessKeyID)
    #expect(different.secretAccessKey != made.secretAccessKey)
  }

  @Test func theEnvironmentStandsAboveTheFile() throws {
    let folder = try TemporaryFolder()
    let keys = try RootCredentials.loadOrCreate(
      dataDirectory: folder.path, environment: [id: "operator", secret: good])
    #expect(keys.source == .environment)
    #expect(keys.accessKeyID == "operator")
    #expect(keys.secretAccessKey == Secret(good.utf8))
    #expect(!RegularFile.exists(folder.path + "/root.json"))

    let file = try folder.write("secret", good + "\n")
    let fromFile = try RootCredentials.loadOrCreate(
      dataDirectory: folder.path, environment: [id: "operator", secret + "_FILE": file])
    #expect(fromFile.secretAccessKey == Secret(good.utf8))
  }

  @Test func halfAKeyIsAMistake() throws {
    let folder = try TemporaryFolder()
    for environment in [[id: "operator"], [secret: good], [id: "operator", secret: good, secret + "_FILE": "x"]] {
      #expect(throws: IdentityError.self) {
        try RootCredentials.loadOrCreate(dataDirectory: folder.path, environment: environment)
      }
    }
    #expect(!RegularFile.exists(folder.path + "/root.json"))
  }

  @Test(arguments: [
    ("minioadmin", "minioadmin", KeyFault.tooShort(bytesMin: 16)), ("root", "", .tooShort(bytesMin: 16)),
    ("minioadmin", "Q7zL0vT4mXk2Rw9bYc8N", .guessable), ("root", "MinioAdminMinioAdmin", .guessable),
    ("root", "aaaaaaaaaaaaaaaaaaaa", .guessable), ("root", "abcabcabcabcabcabcabc", .guessable),
    ("root", "abcdefghijklmnopqrst", .guessable), ("root", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", .guessable),
    ("Q7zL0vT4mXk2Rw9bYc8N", "Q7zL0vT4mXk2Rw9bYc8N", .guessable),
    ("ro/ot", "Q7zL0vT4mXk2Rw9bYc8N", .malformedIdentifier),
    ("ro", "Q7zL0vT4mXk2Rw9bYc8N", .malformedIdentifier),
    ("root", String(repeating: "Q7zL0vT4mXk2Rw9bYc8N", count: 7), .tooLong(bytesMax: 128)),
  ])
  func refusesWeakKeys(accessKey: String, secretKey: String, fault: KeyFault) throws {
    let folder = try TemporaryFolder()
    #expect(throws: IdentityError.rootKeys(source: "the environment", fault)) {
      try RootCredentials.loadOrCreate(dataDirectory: folder.path, environment: [id: accessKey, secret: secretKey])
    }
  }

  @Test(arguments: [
    "", "{}", "[]", #"{"access_key_id": "operator"}"#,
    #"{"access_key_id": "operator", "secret_access_key": "Q7zL0vT4mXk2Rw9bYc8N", "more": 1}"#,
    #"{"access_key_id": "operator", "secret_access_key": "minioadmin"}"#,
  ])
  func refusesBrokenFiles(text: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("root.json", text)
    #expect(throws: IdentityError.self) {
      try RootCredentials.loadOrCreate(dataDirectory: folder.path, environment: [:])
    }
    // What somebody wrote is never replaced.
    #expect(try RegularFile.read(folder.path + "/root.json", bytesMax: 1000) == Array(text.utf8))
  }

  @Test func refusesAFileThatOthersMayRead() throws {
    let folder = try TemporaryFolder()
    let text = #"{"access_key_id": "operator", "secret_access_key": "Q7zL0vT4mXk2Rw9bYc8N"}"#
    let path = try folder.write("root.json", text, mode: 0o644)
    #expect(throws: IdentityError.file(path: path, .exposed(mode: 0o644))) {
      try RootCredentials.loadOrCreate(dataDirectory: folder.path, environment: [:])
    }
    try folder.write("root.json", text, mode: 0o600)
    #expect(try RootCredentials.loadOrCreate(dataDirectory: folder.path, environment: [:]).accessKeyID == "operator")
  }

  @Test func nothingShowsTheSecret() throws {
    let folder = try TemporaryFolder()
    let keys = try RootCredentials.loadOrCreate(
      dataDirectory: folder.path, environment: [id: "operator", secret: good])
    var dumped = ""
    dump(keys, to: &dumped)
    #expect(!dumped.contains(good))
    #expect(dumped.contains("<redacted>"))
  }
}

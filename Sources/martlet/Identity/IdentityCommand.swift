import ArgumentParser
import Glibc
import Identity
import IdentityBackup
import IdentityStore
import Logging
import S3Model
import Settings

/// `martlet identity`: what an operator does with all identities at once. Whoever can read the key ring may.
struct IdentityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "identity",
    abstract: "Back identities up, and move them from one store to another.",
    subcommands: [IdentityExportCommand.self, IdentityImportCommand.self])
}

/// `martlet identity export`.
struct IdentityExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write everything that the identity store holds to a file.",
    discussion: """
      Users, groups, roles, policies, keys, MFA devices, providers, revocations, sessions: one line each, secrets as \
      sealed as they are in the store. Whoever takes the file up needs the same key ring (sts.key_ring_file), which is \
      not in it. Gateways may run meanwhile. Identities that settings declare are not in the store, and not in the file.
      """)

  @OptionGroup var options: SettingsOptions

  @Argument(help: ArgumentHelp("File to write, which must not exist; `-` for standard output.", valueName: "file"))
  var file: String

  func run() async throws {
    try await OperatorError.exit("identity export") {
      let place = try OpenedIdentities(options)
      var document: [UInt8] = []
      let count = try await place.closing { store in
        try await IdentityBackup.write(
          store, account: place.account, place.ring.sealer, now: Int64(time(nil)), to: { document += $0 })
      }
      if file == "-" {
        StandardOutput.write(bytes: document)
      } else {
        do throws(FileFault) {
          try RegularFile.create(file, document)
        } catch {
          throw OperatorError(text: "\(file): \(error)")
        }
      }
      StandardError.write("\(count) records")
    }
  }
}

/// `martlet identity import`.
struct IdentityImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take a file of `identity export` up into the identity store.",
    discussion: """
      The whole file is checked first: that it is complete and unchanged, that every record can be read and every secret \
      opens. Running gateways follow by themselves. An import that was cut off is run again. Revocations and used codes \
      of the store stay, whatever the file says; access keys that were deleted since the file was written come back.
      """)

  @OptionGroup var options: SettingsOptions

  @Argument(help: ArgumentHelp("File to read; `-` for standard input.", valueName: "file"))
  var file: String

  @Flag(help: "Keep what is in the store and not in the file; where both have a record, the file's counts.")
  var merge = false

  @Flag(help: "Remove what is not in the file.")
  var replace = false

  @Flag(help: "Check the file and say what would change.")
  var dryRun = false

  private static let bytesMax = 8 << 30

  func validate() throws {
    if merge && replace { throw ValidationError("--merge or --replace") }
  }

  func run() async throws {
    try await OperatorError.exit("identity import") {
      let place = try OpenedIdentities(options)
      let bytes = try read()
      let mode: BackupImport.Mode = merge ? .merge : replace ? .replace : .empty
      let summary = try await place.closing { store in
        let content = try BackupContent(
          parsing: bytes, account: place.account, place.ring.sealer, now: Int64(time(nil)))
        let plan = try await BackupImport(content, into: store, mode)
        if !dryRun { try await plan.run(store) }
        return plan.summary
      }
      StandardError.write(
        "\(dryRun ? "would be: " : "")\(summary.added) added, \(summary.changed) changed, \(summary.removed) removed, "
          + "\(summary.unchanged) as they were")
    }
  }

  private func read() throws -> [UInt8] {
    if file == "-" { return try StandardInput.read(bytesMax: Self.bytesMax) }
    do throws(FileFault) {
      return try RegularFile.read(file, bytesMax: Self.bytesMax)
    } catch {
      throw OperatorError(text: "\(file): \(error)")
    }
  }
}

/// Store and key ring as the settings name them.
struct OpenedIdentities {
  let settings: GatewaySettings
  let account: AccountID
  let ring: KeyRing

  init(_ options: SettingsOptions) throws {
    do throws(SettingsErrors) {
      settings = try options.loader(environment: ProcessEnvironment.all).load()
    } catch {
      throw OperatorError(text: error.errors.map { "\($0)" }.joined(separator: "\n"))
    }
    guard let account = AccountID(settings.accountID) else { throw OperatorError(text: "account_id") }
    self.account = account
    ring = try KeyRing.load(path: settings.sts.keyRingFile)
  }

  /// Opens the store for as long as `body` runs.
  func closing<Value: Sendable>(_ body: (any IdentityStore) async throws -> Value) async throws -> Value {
    var log = Logger(label: "martlet") { LineLogHandler(label: $0, settings: settings.logging) }
    log.logLevel = .warning
    let store = try IdentityStores.open(settings.identityStore, log: log)
    do {
      let value = try await body(store)
      await store.shutdown()
      return value
    } catch {
      await store.shutdown()
      throw error
    }
  }
}

/// What stops an operator's command: one line on standard error, exit code 1.
struct OperatorError: Error, CustomStringConvertible {
  let text: String
  var description: String { text }

  static func exit(_ command: String, _ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch {
      StandardError.write("martlet \(command): \(error)")
      throw ExitCode(1)
    }
  }
}

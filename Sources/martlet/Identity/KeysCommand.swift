import ArgumentParser
import Glibc
import Identity
import IdentityStore
import S3Model
import Settings

/// `martlet keys`: the key ring, with which sessions and the store's secrets are sealed.
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "List, rotate and remove the keys that sessions and stored secrets are sealed with.",
    discussion: """
      Running gateways take a changed ring by themselves, and then seal the store's secrets with its newest key in the \
      background. With several nodes: `keys rotate --prepare`, give the file to every node, `keys rotate --activate ID`, \
      give it to every node again.
      """,
    subcommands: [KeysListCommand.self, KeysRotateCommand.self, KeysRemoveCommand.self])

  /// The longest that a session lives, in seconds: it opens with the key that sealed it.
  static let sessionSecondsMax: Int64 = 129_600

  /// How many of the store's records need each key.
  static func uses(_ place: OpenedIdentities) async throws -> [ByteString: Int] {
    try await place.closing { store in
      let counter = RingKeyCounter()
      _ = try await store.load { counter.count($0) }
      return counter.counts
    }
  }
}

struct KeysListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the keys of the ring.")

  @OptionGroup var options: SettingsOptions

  func run() async throws {
    try await OperatorError.exit("keys list") {
      let place = try OpenedIdentities(options)
      let uses = try await KeysCommand.uses(place)
      let now = Int64(time(nil))
      print("id\tstate\tage in days\trecords")
      for key in place.ring.entries {
        let state = key.id == place.ring.sealing.id ? "seals" : "opens"
        print("\(key.id)\t\(state)\t\((now - key.createdSeconds) / 86_400)\t\(uses[key.id] ?? 0)")
      }
      for (id, count) in uses.sorted(by: { $0.key < $1.key }) where place.ring.key(id) == nil {
        print("\(id)\tmissing\t-\t\(count)")
      }
    }
  }
}

struct KeysRotateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Add a new key to the ring and seal with it from now on.")

  @OptionGroup var options: SettingsOptions

  @Flag(help: "Add the key, but go on sealing with the one that does.")
  var prepare = false

  @Option(help: ArgumentHelp("Seal with this key of the ring, and add none.", valueName: "id"))
  var activate: String?

  func validate() throws {
    if prepare && activate != nil { throw ValidationError("--prepare or --activate") }
  }

  func run() async throws {
    try await OperatorError.exit("keys rotate") {
      let place = try OpenedIdentities(options)
      var file = try KeyRingFile(path: place.settings.sts.keyRingFile)
      let now = Int64(time(nil))
      let id = try activate.map { ByteString($0) } ?? file.add(.open, now: now)
      if !prepare {
        guard try file.activate(id, now: now) else { throw OperatorError(text: "there is no key \(id) in the ring") }
      }
      print(id.text)
    }
  }
}

struct KeysRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Take a key out of the ring.",
    discussion: """
      Refused while records of the store need the key, and for 36 hours after another key began to seal: sessions that \
      it has sealed may still live. With --force these sessions end; records are never given up.
      """)

  @OptionGroup var options: SettingsOptions

  @Argument(help: "Id of the key.")
  var id: String

  @Flag(help: "Even though sessions may still need it.")
  var force = false

  func run() async throws {
    try await OperatorError.exit("keys remove") {
      let place = try OpenedIdentities(options)
      var file = try KeyRingFile(path: place.settings.sts.keyRingFile)
      let id = ByteString(self.id)
      guard file.ring.key(id) != nil else { throw OperatorError(text: "there is no key \(id) in the ring") }
      guard file.ring.sealing.id != id else { throw OperatorError(text: "key \(id) is the one that seals") }
      if let count = try await KeysCommand.uses(place)[id] {
        throw OperatorError(text: "\(count) records need key \(id); a running gateway seals them with the newest")
      }
      let since = file.ring.sealing.sealingSinceSeconds ?? file.ring.sealing.createdSeconds
      let end = since + KeysCommand.sessionSecondsMax
      guard force || Int64(time(nil)) >= end else {
        throw OperatorError(text: "sessions sealed with key \(id) may live for \(end - Int64(time(nil))) seconds")
      }
      guard try file.remove(id) else { throw OperatorError(text: "there is no key \(id) in the ring") }
    }
  }
}

public import Cryptography
import JSON
public import S3Model
import Settings

/// The keys that session tokens are sealed with, shared by all nodes through one file.
///
/// Rotation needs no downtime: a new key is handed to every node as `open` first, then made to `seal`. Keys offer
/// derivations only, their bytes do not leave Cryptography.
public struct KeyRing: Sendable {
  public enum State: String, Hashable, Sendable {
    /// Seals and opens; of several the newest seals.
    case seal
    /// Opens only.
    case open
  }

  public struct Entry: Sendable {
    /// 1 to 64 letters, digits, `-` and `_`; stands inside tokens.
    public let id: ByteString
    /// In seconds since 1970.
    public let createdSeconds: Int64
    public let state: State
    /// When it began to seal, in seconds since 1970.
    public let sealingSinceSeconds: Int64?
    public let key: AESGCMKey
  }

  /// In the order of the file; never empty.
  public let entries: [Entry]
  /// The entry that new tokens are sealed with.
  public let sealing: Entry

  /// The key of an id that a token names, nil when it is not, or no longer, in the ring.
  public func key(_ id: ByteString) -> AESGCMKey? {
    entries.first { $0.id == id }?.key
  }

  /// Loads the ring; makes one with a single random key when there is no file.
  /// - Parameter now: in seconds since 1970.
  public static func loadOrCreate(path: String, now: Int64) throws(IdentityError) -> KeyRing {
    if !RegularFile.exists(path) {
      let (_, entry) = try KeyRingFile.entry(.seal, now: now)
      var root = JSONObject()
      root["keys"] = .array([.object(entry)])
      do throws(FileFault) {
        try RegularFile.create(path, JSONValue.object(root).compact + [0x0A])
      } catch .exists {
        // Another node was first; its key counts.
      } catch {
        throw .file(path: path, error)
      }
    }
    return try load(path: path)
  }

  /// Loads the ring. Refuses one that others may read and one whose keys are not random.
  public static func load(path: String) throws(IdentityError) -> KeyRing {
    let bytes: [UInt8]
    do throws(FileFault) {
      bytes = try RegularFile.read(path, bytesMax: 1 << 20, protection: .secret)
    } catch {
      throw .file(path: path, error)
    }
    do throws(KeyRingFault) {
      return try KeyRing(parsing: bytes)
    } catch {
      throw .keyRing(path: path, error)
    }
  }
}

extension KeyRingFault: Error {}

extension KeyRing {
  static let keysMax = 100

  init(parsing bytes: [UInt8]) throws(KeyRingFault) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw .malformed(reason: "not valid JSON")
    }
    guard let root = value.object, let keys = root["keys"]?.array else {
      throw .malformed(reason: "must hold `keys`, a list")
    }
    try Self.refuseUnknown(root, ["keys"])
    guard keys.count <= Self.keysMax else { throw .tooManyKeys(maximum: Self.keysMax) }
    var entries: [Entry] = []
    var seen: Set<[UInt8]> = []
    for (index, value) in keys.enumerated() {
      guard let object = value.object else { throw .malformed(reason: "`keys[\(index)]` must be an object") }
      try Self.refuseUnknown(object, ["id", "created", "state", "activated", "key"])
      guard let id = object["id"]?.string, Self.isIdentifier(id) else {
        throw .malformed(reason: "`keys[\(index)].id` must have 1 to 64 letters, digits, `-` and `_`")
      }
      guard let created = object["created"]?.integer, created >= 0 else {
        throw .malformed(reason: "`keys[\(index)].created` must be seconds since 1970")
      }
      guard let state = object["state"]?.string.flatMap(State.init(rawValue:)) else {
        throw .malformed(reason: "`keys[\(index)].state` must be `seal` or `open`")
      }
      let activated = object["activated"]?.integer
      guard object["activated"] == nil || activated ?? -1 >= 0 else {
        throw .malformed(reason: "`keys[\(index)].activated` must be seconds since 1970")
      }
      guard let bytes = object["key"]?.string.flatMap({ Base64.decode($0) }) else {
        throw .malformed(reason: "`keys[\(index)].key` must be base 64")
      }
      let name = ByteString(id)
      guard bytes.count == AESGCMKey.keyCount else { throw .wrongLength(name, bytes: bytes.count) }
      guard !KeyStrength.isWeak(ringKey: bytes) else { throw .weak(name) }
      guard !entries.contains(where: { $0.id == name }) else { throw .duplicateID(name) }
      guard seen.insert(bytes).inserted else { throw .duplicateKey(name) }
      do throws(CryptographyError) {
        entries.append(
          Entry(
            id: name, createdSeconds: created, state: state,
            sealingSinceSeconds: activated ?? (state == .seal ? created : nil), key: try AESGCMKey(bytes)))
      } catch {
        throw .malformed(reason: "`keys[\(index)].key` cannot be used")
      }
    }
    var newest: Entry?
    for entry in entries where entry.state == .seal {
      // Of two made in one second the later in the file.
      if entry.createdSeconds >= newest?.createdSeconds ?? 0 { newest = entry }
    }
    guard let sealing = newest else { throw .nothingSeals }
    self.entries = entries
    self.sealing = sealing
  }

  private static func refuseUnknown(_ object: JSONObject, _ known: [String]) throws(KeyRingFault) {
    for member in object.members where !known.contains(member.name) { throw .unknownMember(member.name) }
  }

  private static func isIdentifier(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2D, 0x5F: true
        default: false
        }
      }
  }
}

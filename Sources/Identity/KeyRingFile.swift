import Cryptography
import JSON
public import S3Model
import Settings

/// The file of a ``KeyRing``, changed: for the command line, never for a running gateway, which only reads it.
///
/// Each change is checked as a gateway would read it, then takes the file's place in one step.
public struct KeyRingFile: Sendable {
  public let path: String
  /// As the file is now.
  public private(set) var ring: KeyRing
  private var keys: [JSONObject]

  public init(path: String) throws(IdentityError) {
    let bytes: [UInt8]
    do throws(FileFault) {
      bytes = try RegularFile.read(path, bytesMax: 1 << 20, protection: .secret)
    } catch {
      throw .file(path: path, error)
    }
    self.path = path
    (ring, keys) = try Self.read(bytes, path)
  }

  private static func read(_ bytes: [UInt8], _ path: String) throws(IdentityError) -> (KeyRing, [JSONObject]) {
    do throws(KeyRingFault) {
      let ring = try KeyRing(parsing: bytes)
      let keys: [JSONObject]
      do throws(JSONError) {
        keys = try JSONValue(parsing: bytes).object?["keys"]?.array?.compactMap(\.object) ?? []
      } catch {
        throw .malformed(reason: "not valid JSON")
      }
      return (ring, keys)
    } catch {
      throw .keyRing(path: path, error)
    }
  }

  /// Adds a random key.
  /// - Parameters:
  ///   - state: `open` where other nodes must get the file before anything is sealed with it.
  ///   - now: in seconds since 1970.
  /// - Returns: its id.
  public mutating func add(_ state: KeyRing.State, now: Int64) throws(IdentityError) -> ByteString {
    let (id, entry) = try Self.entry(state, now: now)
    try replace(keys + [entry])
    return id
  }

  /// Makes a key seal from now on. Keys that seal and are older only open from then on.
  /// - Returns: false when there is no such key.
  public mutating func activate(_ id: ByteString, now: Int64) throws(IdentityError) -> Bool {
    guard keys.contains(where: { Self.isKey($0, id) }) else { return false }
    try replace(
      keys.map { key in
        var key = key
        let isChosen = Self.isKey(key, id)
        key["state"] = .string((isChosen ? KeyRing.State.seal : .open).rawValue)
        if isChosen { key["activated"] = .integer(now) }
        return key
      })
    return true
  }

  /// - Returns: false when there is no such key.
  /// - Throws: `keyRing(nothingSeals)` for the one that seals.
  public mutating func remove(_ id: ByteString) throws(IdentityError) -> Bool {
    guard keys.contains(where: { Self.isKey($0, id) }) else { return false }
    try replace(keys.filter { !Self.isKey($0, id) })
    return true
  }

  private mutating func replace(_ keys: [JSONObject]) throws(IdentityError) {
    var root = JSONObject()
    root["keys"] = .array(keys.map { .object($0) })
    let bytes = JSONValue.object(root).compact + [0x0A]
    (ring, self.keys) = try Self.read(bytes, path)
    do throws(FileFault) {
      try RegularFile.replace(path, bytes)
    } catch {
      throw .file(path: path, error)
    }
  }

  private static func isKey(_ key: JSONObject, _ id: ByteString) -> Bool {
    key["id"]?.string.map { $0.utf8.elementsEqual(id.bytes) } ?? false
  }

  /// A new random key, as the file has it.
  static func entry(_ state: KeyRing.State, now: Int64) throws(IdentityError) -> (ByteString, JSONObject) {
    let suffix = try RandomText.make(8, from: RandomText.base32)
    let key: [UInt8]
    do throws(CryptographyError) {
      key = try SecureRandom.bytes(AESGCMKey.keyCount)
    } catch {
      throw .noRandomness
    }
    let id = "\(now)-" + String(decoding: suffix, as: UTF8.self)
    var entry = JSONObject()
    entry["id"] = .string(id)
    entry["created"] = .integer(now)
    entry["state"] = .string(state.rawValue)
    entry["key"] = .string(Base64.encode(key))
    return (ByteString(id), entry)
  }
}

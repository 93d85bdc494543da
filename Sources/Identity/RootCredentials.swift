import JSON
public import S3Model
public import Settings

/// The access key of the account's root user, whom no policy limits.
public struct RootCredentials: Sendable {
  public let accessKeyID: ByteString
  public let secretAccessKey: Secret
  public let source: Source

  public enum Source: Hashable, Sendable {
    case environment
    /// Made by this call, or by an earlier one.
    case file(path: String, isNew: Bool)
  }

  /// Root keys from `MARTLET_ROOT_ACCESS_KEY` and `MARTLET_ROOT_SECRET_KEY` (or `MARTLET_ROOT_SECRET_KEY_FILE`), else
  /// from `root.json` in the data folder, which is made when it is missing.
  /// - Parameter dataDirectory: exists already.
  public static func loadOrCreate(
    dataDirectory: String, environment: [String: String]
  ) throws(IdentityError) -> RootCredentials {
    if let credentials = try fromEnvironment(environment) { return credentials }
    let path = dataDirectory + "/root.json"
    if !RegularFile.exists(path) {
      let id = Array("AKIA".utf8) + (try RandomText.make(16, from: RandomText.base32))
      let secret = try RandomText.make(40, from: RandomText.alphanumeric)
      do throws(FileFault) {
        try RegularFile.create(path, Self.file(id: id, secret: secret))
        return RootCredentials(
          accessKeyID: ByteString(id), secretAccessKey: Secret(secret), source: .file(path: path, isNew: true))
      } catch .exists {
        // Another process was first; its keys count.
      } catch {
        throw .file(path: path, error)
      }
    }
    return try load(path)
  }

  private static func fromEnvironment(_ environment: [String: String]) throws(IdentityError) -> RootCredentials? {
    let names = ["MARTLET_ROOT_ACCESS_KEY", "MARTLET_ROOT_SECRET_KEY", "MARTLET_ROOT_SECRET_KEY_FILE"]
    let source = "the environment"
    let file = environment[names[2]].map { path in
      FileReference(
        path: path, origin: SettingsOrigin(keyPath: "", location: .environment(variable: names[2])))
    }
    guard let id = environment[names[0]] else {
      if environment[names[1]] != nil || file != nil {
        throw .rootKeys(source: source, .incomplete(missing: names[0]))
      }
      return nil
    }
    let secret: Secret
    if let file {
      guard environment[names[1]] == nil else {
        throw .rootKeys(source: source, .malformedFile(reason: "`\(names[1])` and `\(names[2])` exclude each other"))
      }
      do throws(SettingsError) {
        secret = try SecretSource.file(file).load()
      } catch {
        throw .settings(SettingsErrors([error]))
      }
    } else {
      guard let text = environment[names[1]] else { throw .rootKeys(source: source, .incomplete(missing: names[1])) }
      secret = Secret(text.utf8)
    }
    if let fault = KeyStrength.check(rootKey: ByteString(id), secret: secret) { throw .rootKeys(source: source, fault) }
    return RootCredentials(accessKeyID: ByteString(id), secretAccessKey: secret, source: .environment)
  }

  private static func load(_ path: String) throws(IdentityError) -> RootCredentials {
    let bytes: [UInt8]
    do throws(FileFault) {
      bytes = try RegularFile.read(path, bytesMax: 16_384, protection: .secret)
    } catch {
      throw .file(path: path, error)
    }
    func fault(_ reason: String) -> IdentityError { .rootKeys(source: "`\(path)`", .malformedFile(reason: reason)) }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw fault("not valid JSON")
    }
    guard let object = value.object, object.count == 2, let id = object[idMember]?.string,
      let secret = object[secretMember]?.string
    else { throw fault("must hold `\(idMember)` and `\(secretMember)`, nothing else") }
    let key = Secret(secret.utf8)
    if let weakness = KeyStrength.check(rootKey: ByteString(id), secret: key) {
      throw .rootKeys(source: "`\(path)`", weakness)
    }
    return RootCredentials(accessKeyID: ByteString(id), secretAccessKey: key, source: .file(path: path, isNew: false))
  }

  private static let idMember = "access_key_id"
  private static let secretMember = "secret_access_key"

  private static func file(id: [UInt8], secret: [UInt8]) -> [UInt8] {
    var object = JSONObject()
    object[idMember] = .string(String(decoding: id, as: UTF8.self))
    object[secretMember] = .string(String(decoding: secret, as: UTF8.self))
    return JSONValue.object(object).compact + [0x0A]
  }
}

import IAMPolicy
import JSON
import S3Wire

/// Keys that STS issued, with the time at which they end.
public struct TemporaryCredentials: Sendable, Equatable {
  public var accessKeyID: String
  public var secretAccessKey: String
  public var sessionToken: String
  /// ISO 8601 in UTC, `2026-01-02T03:04:05Z`, as STS writes it.
  public var expiration: String

  public init(accessKeyID: String, secretAccessKey: String, sessionToken: String, expiration: String) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.expiration = expiration
  }

  /// What AWS tools read from a `credential_process`.
  /// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
  public var processDocument: [UInt8] {
    var object = JSONObject()
    object["Version"] = .integer(1)
    object["AccessKeyId"] = .string(accessKeyID)
    object["SecretAccessKey"] = .string(secretAccessKey)
    object["SessionToken"] = .string(sessionToken)
    object["Expiration"] = .string(expiration)
    return JSONValue.object(object).compact + [0x0A]
  }

  /// - Parameter document: as ``processDocument`` writes it; nil for anything else.
  public init?(processDocument document: [UInt8]) {
    let object: JSONObject?
    do throws(JSONError) {
      object = try JSONValue(parsing: document).object
    } catch {
      return nil
    }
    guard let object, object["Version"]?.integer == 1, let accessKeyID = object["AccessKeyId"]?.string,
      let secretAccessKey = object["SecretAccessKey"]?.string, let sessionToken = object["SessionToken"]?.string,
      let expiration = object["Expiration"]?.string, PolicyDate(parsing: expiration.utf8) != nil
    else { return nil }
    self.init(
      accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken, expiration: expiration)
  }

  /// When they end, in seconds since 1970.
  public var expirySeconds: Int64 { (PolicyDate(parsing: expiration.utf8)?.milliseconds ?? 0) / 1000 }

  /// Reads `Credentials` wherever it stands in an answer of STS.
  /// - Returns: nil when a part is missing.
  init?(answer document: [UInt8]) {
    var found: [String: String] = [:]
    do throws(XMLFault) {
      var reader = try XMLReader(document, limits: XMLLimits(documentBytesMax: 65_536, elementsMax: 256))
      try reader.enterRoot()
      try Self.read(&reader, isInside: false, into: &found)
    } catch {
      return nil
    }
    guard let accessKeyID = found["AccessKeyId"], let secretAccessKey = found["SecretAccessKey"],
      let sessionToken = found["SessionToken"], let expiration = found["Expiration"],
      PolicyDate(parsing: expiration.utf8) != nil
    else { return nil }
    self.init(
      accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken, expiration: expiration)
  }

  private static func read(
    _ reader: inout XMLReader, isInside: Bool, into found: inout [String: String]
  ) throws(XMLFault) {
    while try reader.nextChild() {
      let name = reader.name
      if isInside {
        found[name] = String(decoding: try reader.text(), as: UTF8.self)
      } else if name == "Credentials" {
        try read(&reader, isInside: true, into: &found)
      } else if name.hasSuffix("Result") {
        try read(&reader, isInside: false, into: &found)
      } else {
        try reader.skip()
      }
    }
  }
}

extension TemporaryCredentials: CustomStringConvertible, CustomReflectable {
  public var description: String { "\(accessKeyID) until \(expiration)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The session token beside temporary credentials. Never printed.
public struct StoreSessionToken: Sendable {
  let bytes: [UInt8]

  public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

extension StoreSessionToken: CustomStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

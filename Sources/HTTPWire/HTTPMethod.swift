/// The methods S3, STS and IAM use; anything else is parsed, named ``other`` and refused by the router.
public enum HTTPMethod: UInt8, Sendable {
  case get, head, put, post, delete, options, other
}

extension HTTPMethod {
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    func matches(_ name: StaticString) -> Bool {
      bytes.count == name.utf8CodeUnitCount && bytes.elementsEqual(name)
    }
    if matches("GET") {
      self = .get
    } else if matches("PUT") {
      self = .put
    } else if matches("HEAD") {
      self = .head
    } else if matches("POST") {
      self = .post
    } else if matches("DELETE") {
      self = .delete
    } else if matches("OPTIONS") {
      self = .options
    } else {
      self = .other
    }
  }

  /// The method as sent on the wire; empty for ``other``.
  public var name: StaticString {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .put: "PUT"
    case .post: "POST"
    case .delete: "DELETE"
    case .options: "OPTIONS"
    case .other: ""
    }
  }
}

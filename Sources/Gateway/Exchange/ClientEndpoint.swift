import HTTPWire

/// `https://host:port` as the client named this gateway, for Location elements and headers.
enum ClientEndpoint {
  /// - Parameter bucket: removed from a virtual-host style name, so that a path-style location is right.
  static func text(_ head: RequestHead, isSecure: Bool, withoutBucket bucket: String?) -> String {
    var host = head.fields.string(.host) ?? "localhost"
    if let bucket, host.hasPrefix(bucket + ".") { host.removeFirst(bucket.utf8.count + 1) }
    return (isSecure ? "https://" : "http://") + host
  }
}

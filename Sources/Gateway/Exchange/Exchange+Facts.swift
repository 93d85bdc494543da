import HTTPWire
import S3Model
import Settings

/// What is known of the client beside its request.
extension Exchange {
  /// The client's address: the connection's, or what trusted proxies say of it.
  func findSourceAddress() -> IPAddress? {
    guard facts.trustsForwardedFor, head.fields.contains(.xForwardedFor) else { return facts.remoteAddress }
    return ForwardedFor.client(head.fields, peer: facts.remoteAddress, trusted: snapshot.settings.trustedProxies)
  }

  var isSecure: Bool { facts.isSecure }
  var tlsVersion: StaticString? { facts.tlsVersion }

  var clientEndpoint: String {
    let bucket = request?.addressing == .virtualHost ? request?.bucket : nil
    return ClientEndpoint.text(head, isSecure: isSecure, withoutBucket: bucket)
  }
}

import Glibc
import NIOCore
import NIOPosix
import S3Model

/// Resolves a name off the loop, as NIO does it, and leaves out the addresses that nobody may connect to. For one
/// connection attempt.
///
/// A filter behind the look-up cannot be gone around by a name that resolves to something else the second time.
final class FilteringResolver: Resolver, Sendable {
  private let eventLoop: any EventLoop
  private let allows: @Sendable (IPAddress) -> Bool
  private let v4: EventLoopPromise<[SocketAddress]>
  private let v6: EventLoopPromise<[SocketAddress]>

  init(eventLoop: any EventLoop, allows: @escaping @Sendable (IPAddress) -> Bool) {
    self.eventLoop = eventLoop
    self.allows = allows
    v4 = eventLoop.makePromise()
    v6 = eventLoop.makePromise()
  }

  /// One look-up gives both; the other query starts it.
  func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { v4.futureResult }

  func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
    let allows = self.allows
    let (v4, v6) = (self.v4, self.v6)
    NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { try Self.resolve(host: host, port: port) }
      .whenComplete { result in
        switch result {
        case .failure(let error):
          v6.fail(error)
          v4.fail(error)
        case .success(let addresses):
          let allowed = addresses.filter { address in IPAddress(address).map(allows) ?? false }
          guard !allowed.isEmpty else {
            v6.fail(HTTPClientError.addressRefused)
            v4.fail(HTTPClientError.addressRefused)
            return
          }
          v6.succeed(allowed.filter { $0.protocol == .inet6 })
          v4.succeed(allowed.filter { $0.protocol == .inet })
        }
      }
    return v6.futureResult
  }

  func cancelQueries() {}

  private static func resolve(host: String, port: Int) throws(HTTPClientError) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_protocol = Int32(IPPROTO_TCP)
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &found)
    guard code == 0 else { throw .connectFailed(reason: String(cString: gai_strerror(code))) }
    defer { freeaddrinfo(found) }
    var addresses: [SocketAddress] = []
    var next = found
    while let info = next?.pointee {
      defer { next = info.ai_next }
      switch info.ai_family {
      case AF_INET:
        info.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          addresses.append(SocketAddress($0.pointee))
        }
      case AF_INET6:
        info.ai_addr.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
          addresses.append(SocketAddress($0.pointee))
        }
      default: break
      }
    }
    return addresses
  }
}

extension IPAddress {
  init?(_ address: SocketAddress) {
    guard let text = address.ipAddress else { return nil }
    // Without the zone of a link-local address.
    self.init(text.prefix { $0 != "%" })
  }
}

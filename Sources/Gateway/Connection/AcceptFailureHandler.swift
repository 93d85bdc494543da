import Logging
import NIOCore

/// Stands behind the listener's accept and logs the connections that came to nothing before they had a handler of their
/// own: no file descriptor left, an option the kernel refuses.
final class AcceptFailureHandler: ChannelInboundHandler {
  typealias InboundIn = Any

  /// A connection that a limit turned away, which is nobody's failure.
  struct Refused: Error {}

  /// Whoever connects in a loop fills no log.
  private static let quiet = TimeAmount.seconds(10)

  private let log: Logger
  private var loudAgain = NIODeadline.uptimeNanoseconds(0)
  private var unlogged = 0

  init(log: Logger) { self.log = log }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if error is Refused { return }
    let now = NIODeadline.now()
    guard now >= loudAgain else {
      unlogged += 1
      return
    }
    loudAgain = now + Self.quiet
    log.warning("cannot accept a connection", metadata: ["error": "\(error)", "unlogged": "\(unlogged)"])
    unlogged = 0
  }
}

@available(*, unavailable) extension AcceptFailureHandler: Sendable {}

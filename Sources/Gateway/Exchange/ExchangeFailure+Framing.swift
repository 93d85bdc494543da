import S3Wire
import SigV4

extension ExchangeFailure {
  /// Whether the client, or what stands between, reads HTTP in another way than the gateway: nothing more on the
  /// connection is taken for a request.
  var distrustsConnection: Bool {
    switch self {
    case .malformedHTTP, .requestTimedOut, .requestBodyBrokeOff: true
    case .signature(.connectionNamesSignedHeader), .signature(.foldedHeader), .signature(.malformedPath),
      .signature(.malformedQuery):
      true
    case .wire(.malformedPercentEncoding), .wire(.encodedNUL), .wire(.invalidUTF8): true
    default: false
    }
  }
}

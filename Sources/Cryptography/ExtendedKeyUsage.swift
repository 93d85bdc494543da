/// Purposes of a certificate (RFC 5280 section 4.2.1.12), numbered as Go's `x509.ExtKeyUsage`.
public enum ExtendedKeyUsage: Int, CaseIterable, Sendable {
  case any, serverAuth, clientAuth, codeSigning, emailProtection, ipsecEndSystem, ipsecTunnel, ipsecUser, timeStamping
  case ocspSigning, microsoftServerGatedCrypto, netscapeServerGatedCrypto, microsoftCommercialCodeSigning
  case microsoftKernelCodeSigning

  var identifier: [Int] {
    switch self {
    case .any: [2, 5, 29, 37, 0]
    case .microsoftServerGatedCrypto: [1, 3, 6, 1, 4, 1, 311, 10, 3, 3]
    case .netscapeServerGatedCrypto: [2, 16, 840, 1, 113730, 4, 1]
    case .microsoftCommercialCodeSigning: [1, 3, 6, 1, 4, 1, 311, 2, 1, 22]
    case .microsoftKernelCodeSigning: [1, 3, 6, 1, 4, 1, 311, 61, 1, 1]
    default: [1, 3, 6, 1, 5, 5, 7, 3, rawValue]
    }
  }

  init?(identifier: [Int]) {
    guard let usage = Self.allCases.first(where: { $0.identifier == identifier }) else { return nil }
    self = usage
  }
}

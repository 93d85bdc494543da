import Authorization
import IdentityStore
import S3Model
import S3Wire

extension IAMError: CustomStringConvertible {
  /// For log and audit: what decided or failed, without the request's parameters.
  public var description: String {
    switch self {
    case .accessDenied(let denial): "\(denial.action.name): \(denial.reason)"
    case .parameters(.validation(let violations)): "invalid: " + violations.map(\.path).joined(separator: ", ")
    case .parameters(let error): "invalid parameters: \(error.code.name)"
    case .store(let error): "\(error)"
    case .needsAnswer: "the policy server's answer is needed"
    default: "\(answer.code.name)"
    }
  }
}

/// The part of AWS's evaluation that a policy takes.
public enum PolicyLayer: String, Sendable, CaseIterable {
  case identity, resource, boundary, session
  /// The policy of a service account's key.
  case serviceAccount = "service-account"
  case scp, rcp
}

/// The statement that decided.
public struct DecidingStatement: Sendable {
  public let layer: PolicyLayer
  public let policy: CompiledPolicy
  public let statement: CompiledStatement
}

/// The outcome for one action on one resource, and why.
public struct PolicyDecision: Sendable {
  public enum Reason: Sendable {
    /// A statement allows, and every ceiling lets it.
    case allowed(by: DecidingStatement)
    /// The root user of the account that owns the resource, whom nothing denies.
    case allowedAsRoot
    /// Nobody needs an allow for it, and nothing denies it.
    case needsNoPermission
    case denied(by: DecidingStatement)
    /// A denying statement could not be evaluated, so it counts.
    case deniedByError(in: DecidingStatement)
    /// Nothing in this layer allows.
    case notAllowed(layer: PolicyLayer)
  }

  public let reason: Reason

  public init(_ reason: Reason) { self.reason = reason }

  @inlinable public var isAllowed: Bool {
    switch reason {
    case .allowed, .allowedAsRoot, .needsNoPermission: true
    case .denied, .deniedByError, .notAllowed: false
    }
  }

  /// Whether a statement denies, which no grant anywhere can outweigh.
  @inlinable public var isExplicitDeny: Bool {
    switch reason {
    case .denied, .deniedByError: true
    case .allowed, .allowedAsRoot, .needsNoPermission, .notAllowed: false
    }
  }

  public var statement: DecidingStatement? {
    switch reason {
    case .allowed(let statement), .denied(let statement), .deniedByError(let statement): statement
    case .allowedAsRoot, .needsNoPermission, .notAllowed: nil
    }
  }
}

extension PolicyDecision: CustomStringConvertible {
  /// For audit records and explanations, such as `allowed by readers.S1 (identity)`.
  public var description: String {
    func name(_ statement: DecidingStatement) -> String {
      let sid = statement.statement.sid.map { $0.isEmpty ? nil : $0 } ?? nil
      return
        "\(statement.policy.name).\(sid ?? "Statement[\(statement.statement.index)]") (\(statement.layer.rawValue))"
    }
    return switch reason {
    case .allowed(let statement): "allowed by \(name(statement))"
    case .allowedAsRoot: "allowed as root"
    case .needsNoPermission: "needs no permission"
    case .denied(let statement): "denied by \(name(statement))"
    case .deniedByError(let statement): "denied by an error in \(name(statement))"
    case .notAllowed(let layer): "not allowed by any statement (\(layer.rawValue))"
    }
  }
}

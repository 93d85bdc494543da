public import S3Model

extension SessionToken {
  /// Whether a session of this kind may call the action at all, whatever policies say.
  ///
  /// A user's session calls iam only when a second factor made it, and of sts only what AWS lets it; a federated user
  /// calls no iam and only GetCallerIdentity.
  /// Source: IAM User Guide, "Compare AWS STS credentials".
  public func mayCall(_ action: Action) -> Bool {
    switch (kind, action) {
    case (_, .s3): true
    case (.assumedRole, .sts(let action)), (.federatedIdentity, .sts(let action)):
      action != .getSessionToken && action != .getFederationToken
    case (.assumedRole, .iam), (.federatedIdentity, .iam): true
    case (.userSession, .sts(let action)): action == .assumeRole || action == .getCallerIdentity
    case (.userSession, .iam): mfaSeconds != nil
    case (.federatedUser, .sts(let action)): action == .getCallerIdentity
    case (.federatedUser, .iam): false
    }
  }
}

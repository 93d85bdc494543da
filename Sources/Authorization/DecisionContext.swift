import IAMPolicy

/// What conditions read: the caller answers for itself, the request for the rest.
///
/// That the caller's keys never come from the request is decided here and not left to whoever reads requests.
struct DecisionContext<Request: ConditionContext>: ConditionContext {
  let caller: Caller
  let now: PolicyDate
  let request: Request

  func value(for key: ConditionKey) -> ConditionValue {
    switch key.name {
    case .aws(.currentTime): return .date(now)
    case .aws(.epochTime): return .integer(now.milliseconds / 1000)
    case .other:
      let claim = caller.conditionValue(for: key, at: now)
      if case .absent = claim { return request.value(for: key) }
      return claim
    default:
      return Caller.answers(key.name) ? caller.conditionValue(for: key, at: now) : request.value(for: key)
    }
  }
}

import IAMPolicy
import Identity
import IdentityStore
import S3Model
import S3Wire

struct PutInlinePolicy<Holder: PolicyHolder>: IAMEditing {
  static var action: IAMAction { Holder.words.put }
  let holder: ByteString
  let policy: InlinePolicy

  init(_ checker: inout ParameterChecker) {
    holder = Holder.reference(&checker, Self.action)
    policy = InlinePolicy(name: checker.policyName(), document: checker.policyDocument())
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [Holder.policyAccess(Self.action, holder, scope)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try Holder.findEditable(holder, scope)
    var record = entry.record
    let quota = IAMQuota.inlinePolicySize(holder: Holder.words.noun, name: record.name)
    try IAMScope.check(policy.document, name: policy.name, .identity, quota)
    if let index = record.inline.firstIndex(where: { $0.name == policy.name }) {
      record.inline[index] = policy
    } else {
      record.inline.append(policy)
    }
    let size = record.inline.reduce(0) { $0 + PolicyLimits.countWithoutWhiteSpace($1.document.bytes) }
    guard size <= quota.value else { throw .limitExceeded(quota) }
    change.put(record, over: entry)
    return .none
  }
}

struct GetInlinePolicy<Holder: PolicyHolder>: IAMReading {
  static var action: IAMAction { Holder.words.get }
  let holder: ByteString
  let name: ByteString

  init(_ checker: inout ParameterChecker) {
    holder = Holder.reference(&checker, Self.action)
    name = checker.policyName()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [Holder.access(Self.action, holder, scope)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    let record = try Holder.find(holder, scope).record
    guard let policy = record.inline.first(where: { $0.name == name }) else {
      throw .noSuchEntity(.inlinePolicy(holder: ByteString(Holder.words.noun), name))
    }
    return IAMAnswer { writer in
      writer.element(Holder.words.nameElement, record.name)
      writer.element("PolicyName", policy.name)
      writer.document("PolicyDocument", policy.document)
    }
  }
}

struct DeleteInlinePolicy<Holder: PolicyHolder>: IAMEditing {
  static var action: IAMAction { Holder.words.delete }
  let holder: ByteString
  let name: ByteString

  init(_ checker: inout ParameterChecker) {
    holder = Holder.reference(&checker, Self.action)
    name = checker.policyName()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [Holder.policyAccess(Self.action, holder, scope)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try Holder.findEditable(holder, scope)
    var record = entry.record
    guard record.inline.contains(where: { $0.name == name }) else {
      throw .noSuchEntity(.inlinePolicy(holder: ByteString(Holder.words.noun), name))
    }
    record.inline.removeAll { $0.name == name }
    change.put(record, over: entry)
    return .none
  }
}

struct ListInlinePolicies<Holder: PolicyHolder>: IAMReading {
  static var action: IAMAction { Holder.words.list }
  let holder: ByteString
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    holder = Holder.reference(&checker, Self.action)
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [Holder.access(Self.action, holder, scope)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    var page = page
    let names = page.take(try Holder.find(holder, scope).record.inline.map(\.name)) { $0 }
    return IAMAnswer { writer in
      writer.texts("PolicyNames", names)
      writer.page(page)
    }
  }
}

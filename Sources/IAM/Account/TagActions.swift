import Identity
import IdentityStore
import S3Model
import S3Wire

/// A record with tags.
protocol Tagged: IAMEntity {
  static var tagActions: (tag: IAMAction, untag: IAMAction, list: IAMAction) { get }
  var tags: [IdentityTag] { get set }
}

extension UserRecord: Tagged {
  static var tagActions: (tag: IAMAction, untag: IAMAction, list: IAMAction) { (.tagUser, .untagUser, .listUserTags) }
}

extension RoleRecord: Tagged {
  static var tagActions: (tag: IAMAction, untag: IAMAction, list: IAMAction) { (.tagRole, .untagRole, .listRoleTags) }
}

extension PolicyRecord: Tagged {
  static var tagActions: (tag: IAMAction, untag: IAMAction, list: IAMAction) {
    (.tagPolicy, .untagPolicy, .listPolicyTags)
  }
}

extension MFADeviceRecord: Tagged {
  static var tagActions: (tag: IAMAction, untag: IAMAction, list: IAMAction) {
    (.tagMFADevice, .untagMFADevice, .listMFADeviceTags)
  }
}

extension OIDCProviderRecord: Tagged {
  static var tagActions: (tag: IAMAction, untag: IAMAction, list: IAMAction) {
    (.tagOpenIDConnectProvider, .untagOpenIDConnectProvider, .listOpenIDConnectProviderTags)
  }
}

struct TagEntity<Entity: Tagged>: IAMEditing {
  static var action: IAMAction { Entity.tagActions.tag }
  let reference: ByteString
  let tags: [IdentityTag]

  init(_ checker: inout ParameterChecker) {
    reference = Entity.reference(&checker, Self.action)
    tags = checker.identityTags(isRequired: true)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    [Entity.access(Self.action, reference, scope).with(requestTags: tags)]
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try Entity.findEditable(reference, scope)
    var record = entry.record
    for tag in tags {
      // Keys are compared without regard to case and kept as they were first written.
      let folded = tag.key.text.lowercased()
      if let index = record.tags.firstIndex(where: { $0.key.text.lowercased() == folded }) {
        record.tags[index].value = tag.value
      } else {
        record.tags.append(tag)
      }
    }
    guard record.tags.count <= IAMQuota.tagsPerResource.value else { throw .limitExceeded(.tagsPerResource) }
    if record.tags != entry.record.tags { change.put(record, over: entry) }
    return .none
  }
}

struct UntagEntity<Entity: Tagged>: IAMEditing {
  static var action: IAMAction { Entity.tagActions.untag }
  let reference: ByteString
  let keys: [ByteString]

  init(_ checker: inout ParameterChecker) {
    reference = Entity.reference(&checker, Self.action)
    keys = checker.tagKeys()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    [Entity.access(Self.action, reference, scope).with(tagKeys: keys)]
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try Entity.findEditable(reference, scope)
    var record = entry.record
    let folded = Set(keys.map { $0.text.lowercased() })
    record.tags.removeAll { folded.contains($0.key.text.lowercased()) }
    if record.tags != entry.record.tags { change.put(record, over: entry) }
    return .none
  }
}

struct ListEntityTags<Entity: Tagged>: IAMReading {
  static var action: IAMAction { Entity.tagActions.list }
  let reference: ByteString
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    reference = Entity.reference(&checker, Self.action)
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [Entity.access(Self.action, reference, scope)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    var page = page
    let tags = page.take(try Entity.find(reference, scope).record.tags) { $0.key }
    return IAMAnswer { writer in
      writer.tags(tags, evenIfEmpty: true)
      writer.page(page)
    }
  }
}

import Identity
import IdentityStore
import S3Model
import S3Wire

/// OpenID Connect providers. A change of one is in force for the next token; what was issued is revoked by its unique id.
struct CreateOpenIDConnectProvider: IAMEditing {
  static let action = IAMAction.createOpenIDConnectProvider
  let url: ByteString
  let clientIDs: [ByteString]
  let thumbprints: [ByteString]
  let tags: [IdentityTag]

  init(_ checker: inout ParameterChecker) {
    let given = checker.required("Url", length: 1...255, .text)
    url = ProviderURL.name(given) ?? ""
    if url.isEmpty, !given.isEmpty { checker.refuse(.invalidInput, "Invalid Open ID Connect Provider URL") }
    clientIDs = checker.list(
      "ClientIDList", count: 0...IAMQuota.clientIDsPerProvider.value, length: 1...255, .text)
    thumbprints = checker.thumbprints()
    tags = checker.identityTags()
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    let arn = scope.arn("oidc-provider/", path: "", name: url)
    var accesses = [IAMAccess(Self.action, arn).with(requestTags: tags)]
    if !tags.isEmpty { accesses.append(IAMAccess(.tagOpenIDConnectProvider, arn).with(requestTags: tags)) }
    return accesses
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    guard scope.table.oidcProviders[url] == nil else { throw .entityAlreadyExists(.oidcProvider(url)) }
    guard scope.table.oidcProviders.count < IAMQuota.providersPerAccount.value else {
      throw .limitExceeded(.providersPerAccount)
    }
    var distinct: [ByteString] = []
    for id in clientIDs where !distinct.contains(id) { distinct.append(id) }
    let provider = OIDCProviderRecord(
      url: url, uniqueID: scope.entropy.uniqueID("AOPI"), created: scope.now, clientIDs: distinct,
      thumbprints: thumbprints, tags: tags)
    change.put(provider, over: nil)
    return IAMAnswer { writer in
      writer.element("OpenIDConnectProviderArn", scope.arn(provider))
      writer.tags(provider.tags)
    }
  }
}

enum ProviderURL {
  /// What stands behind `https://`, with the host in lower case; nil for anything but such a URL without query, fragment
  /// and user.
  static func name(_ url: ByteString) -> ByteString? {
    let scheme = Array("https://".utf8)
    guard url.bytes.starts(with: scheme) else { return nil }
    let rest = Array(url.bytes[scheme.count...])
    let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.count
    let host = rest[..<slash].map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    let isHost =
      !host.isEmpty
      && host.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E || byte == 0x3A
      }
    let path = rest[slash...]
    let isPath = path.allSatisfy { byte in
      (0x21...0x7E).contains(byte) && !"?#\"<>\\^`{|}%".utf8.contains(byte)
    }
    guard isHost, isPath else { return nil }
    // A slash at the end is no other provider.
    let trimmed = path.last == UInt8(ascii: "/") ? path.dropLast() : path
    return ByteString(host + trimmed)
  }
}

extension ParameterChecker {
  fileprivate mutating func thumbprints(isRequired: Bool = false) -> [ByteString] {
    if isRequired, parameters["ThumbprintList.member.1"] == nil, parameters["ThumbprintList"] == nil {
      note(nil, "thumbprintList", .notNull)
    }
    let all = list(
      "ThumbprintList", count: 0...IAMQuota.thumbprintsPerProvider.value, length: 40...40, .text)
    let isHex = all.allSatisfy { text in
      text.bytes.allSatisfy { ($0 | 0x20) &- 0x61 < 6 || $0 &- 0x30 < 10 }
    }
    if !isHex { refuse(.invalidInput, "Thumbprint must be 40 hexadecimal digits") }
    return all.map(\.lowercasedASCII)
  }
}

struct GetOpenIDConnectProvider: IAMReading {
  static let action = IAMAction.getOpenIDConnectProvider
  let arn: ByteString

  init(_ checker: inout ParameterChecker) { arn = checker.providerARN() }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, provider: arn)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    let provider = try scope.provider(arn).record
    return IAMAnswer { writer in
      writer.element("Url", provider.url)
      writer.texts("ClientIDList", provider.clientIDs)
      writer.texts("ThumbprintList", provider.thumbprints)
      writer.date("CreateDate", provider.created)
      writer.tags(provider.tags)
    }
  }
}

struct ListOpenIDConnectProviders: IAMReading {
  static let action = IAMAction.listOpenIDConnectProviders

  init(_ checker: inout ParameterChecker) {}

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    [IAMAccess(Self.action, scope.arn("oidc-provider/", path: "", name: ""))]
  }

  func read(_ scope: IAMScope) -> IAMAnswer {
    let providers = scope.table.oidcProviders.values
    return IAMAnswer { writer in
      writer.list("OpenIDConnectProviderList", providers) { provider, writer in
        writer.element("Arn", scope.arn(provider.record))
      }
    }
  }
}

struct DeleteOpenIDConnectProvider: IAMEditing {
  static let action = IAMAction.deleteOpenIDConnectProvider
  let arn: ByteString

  init(_ checker: inout ParameterChecker) { arn = checker.providerARN() }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, provider: arn)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    change.remove(try OIDCProviderRecord.findEditable(arn, scope))
    return .none
  }
}

struct AddClientIDToOpenIDConnectProvider: IAMEditing {
  static let action = IAMAction.addClientIDToOpenIDConnectProvider
  let arn: ByteString
  let clientID: ByteString

  init(_ checker: inout ParameterChecker) {
    arn = checker.providerARN()
    clientID = checker.required("ClientID", length: 1...255, .text)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, provider: arn)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try OIDCProviderRecord.findEditable(arn, scope)
    var provider = entry.record
    if provider.clientIDs.contains(clientID) { return .none }
    guard provider.clientIDs.count < IAMQuota.clientIDsPerProvider.value else {
      throw .limitExceeded(.clientIDsPerProvider)
    }
    provider.clientIDs.append(clientID)
    change.put(provider, over: entry)
    return .none
  }
}

struct RemoveClientIDFromOpenIDConnectProvider: IAMEditing {
  static let action = IAMAction.removeClientIDFromOpenIDConnectProvider
  let arn: ByteString
  let clientID: ByteString

  init(_ checker: inout ParameterChecker) {
    arn = checker.providerARN()
    clientID = checker.required("ClientID", length: 1...255, .text)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, provider: arn)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try OIDCProviderRecord.findEditable(arn, scope)
    var provider = entry.record
    provider.clientIDs.removeAll { $0 == clientID }
    // AWS does not mind one that is not there.
    if provider.clientIDs != entry.record.clientIDs { change.put(provider, over: entry) }
    return .none
  }
}

struct UpdateOpenIDConnectProviderThumbprint: IAMEditing {
  static let action = IAMAction.updateOpenIDConnectProviderThumbprint
  let arn: ByteString
  let thumbprints: [ByteString]

  init(_ checker: inout ParameterChecker) {
    arn = checker.providerARN()
    thumbprints = checker.thumbprints(isRequired: true)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, provider: arn)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try OIDCProviderRecord.findEditable(arn, scope)
    var provider = entry.record
    provider.thumbprints = thumbprints
    change.put(provider, over: entry)
    return .none
  }
}

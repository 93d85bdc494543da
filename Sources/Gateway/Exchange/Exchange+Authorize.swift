import Authorization
import Backend
import HTTPWire
import IAMPolicy
import S3Model
import S3Wire
import Settings
import SigV4

/// May the caller? What decides is collected first, then ``Authorizer`` is asked once.
extension Exchange {
  func authorize() throws(ExchangeFailure) -> Stage {
    guard let request else { throw .undecidable("no request") }
    if request.operation == .optionsObject { return .forward }
    if request.operation == .postObject { return try beginForm() }
    // Tags that policy could not read are for no store to read either.
    if let tags = request.header(.xAmzTagging) {
      _ = try wire { () throws(S3WireError) in try TagSet.parse(header: tags) }
    }
    if request.operation.decidesOnDocument {
      guard body.isComplete else {
        try refuseStrangers(request)
        try startBody(.collect(bytesMax: snapshot.documentBytesMax, then: .authorize))
        return .wait
      }
      try readDecidingDocument()
    }
    if case .notFetched = storedTags, readsStoredTags() || mayNotCopyTags(request) {
      try fetchStoredTags()
      return .wait
    }
    if request.copySource != nil, case .notFetched = replacedTags, readsStoredTags() {
      try fetchReplacedTags()
      return .wait
    }
    return try decide()
  }

  /// Nothing but the bucket's policy, or Rego where it may, allows anonymous requests: without them, none gets to send a document first.
  private func refuseStrangers(_ request: S3Request) throws(ExchangeFailure) {
    guard claim == nil, ticket == nil, bearer == nil,
      request.bucket.flatMap({ snapshot.authorization.bucketPolicies[$0] }) == nil
    else { return }
    switch snapshot.authorization.external?.mode ?? snapshot.authorization.rego?.mode {
    case .grant, .decide: return
    case nil, .off, .restrict: break
    }
    let decision = Authorizer.decide(
      request.accesses, caller, snapshot.authorization, at: PolicyDate(milliseconds: now.milliseconds),
      context: conditions)
    // What only the policy server can say is asked about the whole request, with its document.
    guard decision.question == nil else { return }
    self.decision = decision
    throw .denied(decision)
  }

  /// Whether it matters if the source of a copy has tags: the caller may not read or write them, or the copy is
  /// streamed and the gateway writes them.
  private func mayNotCopyTags(_ request: S3Request) -> Bool {
    let accesses = request.accessesIfSourceIsTagged
    guard !accesses.isEmpty else { return false }
    if let source = request.copySource, let bucket = request.bucket,
      snapshot.routes.backend(for: source.bucket) !== snapshot.routes.backend(for: bucket)
    {
      return true
    }
    return !Authorizer.decide(
      accesses, caller, snapshot.authorization, at: PolicyDate(milliseconds: now.milliseconds), context: conditions
    ).isAllowed
  }

  /// The tags of a copy's source that go with it; nil where the client gives its own or there are none.
  var copiedTags: [ObjectTag]? {
    guard let request, !request.accessesIfSourceIsTagged.isEmpty, case .tags(let tags) = storedTags, !tags.isEmpty
    else { return nil }
    return tags
  }

  /// Tags, regions and keys that the document names: accesses of their own, or values that conditions read.
  private func readDecidingDocument() throws(ExchangeFailure) {
    guard var request else { return }
    var isForeignRegion = false
    do throws(S3WireError) {
      switch request.operation {
      case .deleteObjects:
        let document = try DeleteObjectsRequest(document: body.collected)
        deletions = Deletions(document: document, accesses: document.accesses(in: request))
        request.accesses = deletions.accesses.flatMap { $0 }
      case .putObjectTagging:
        bodyTags = try TagSet.parse(document: body.collected, countMax: TagSet.objectTagsMax)
      case .createBucket:
        let configuration = try CreateBucketConfiguration(document: body.collected)
        locationConstraint = configuration.locationConstraint.map { ByteString($0) }
        isForeignRegion = configuration.locationConstraint.map { !snapshot.settings.regions.contains($0) } ?? false
        bodyTags = configuration.tags
        request.accesses += try request.accesses(document: body.collected)
      default:
        request.accesses += try request.accesses(document: body.collected)
      }
    } catch {
      throw .wire(error)
    }
    if isForeignRegion { throw .backend(.refused(StoreError(.illegalLocationConstraintException))) }
    self.request = request
  }

  /// The deciding itself; sets ``authorized`` or throws.
  func decide() throws(ExchangeFailure) -> Stage {
    guard var request else { throw .undecidable("no request") }
    decidedLength = statedLength
    if copiedTags != nil {
      furtherAccesses = request.accessesIfSourceIsTagged
      request.accesses += furtherAccesses
    }
    let time = PolicyDate(milliseconds: now.milliseconds)
    if request.operation == .deleteObjects { return try decideDeletions(request) }
    let (authorized, decision) = Authorizer.authorize(
      request, caller, snapshot.authorization, at: time, context: conditions)
    if let question = decision.question {
      ask(question) { $0.perform(.decide) }
      return .wait
    }
    self.decision = decision
    if decision.needsObjectTags { return try fetchTagsForRego(decision) }
    guard let authorized else { throw .denied(decision) }
    self.authorized = authorized
    try take(decision.obligations)
    return .forward
  }

  /// A rule has asked for tags that nobody has fetched: those of the object that the access is about.
  private func fetchTagsForRego(_ decision: Decision) throws(ExchangeFailure) -> Stage {
    if let access = decision.access, isOfReplacedObject(access) {
      guard case .notFetched = replacedTags else { throw .denied(decision) }
      try fetchReplacedTags()
      return .wait
    }
    guard case .notFetched = storedTags else { throw .denied(decision) }
    try fetchStoredTags()
    return .wait
  }

  /// What Rego asks of a request that it lets through, as far as it is for the gateway to do.
  func take(_ asked: Obligations) throws(ExchangeFailure) {
    var obligations = asked
    if !ticketObligations.isEmpty {
      do throws(ObligationError) {
        try obligations.merge(ticketObligations)
      } catch {
        throw .undecidable("\(error)")
      }
    }
    if obligations.isEmpty { return }
    self.obligations = obligations
    if let limit = obligations.bytesMax {
      bodyBytesMax = min(bodyBytesMax, UInt64(clamping: limit))
      // A body of unknown length could be any.
      let length = statedLength ?? (head.framing == .none ? 0 : .max)
      if length > bodyBytesMax { throw .bodyTooLarge(bytesMax: bodyBytesMax) }
    }
  }

  /// The body's length as far as it is known: of the file in a form, decoded where it is sent in signed chunks. What a
  /// header claims beside a body that is framed otherwise does not count.
  var statedLength: UInt64? {
    if let form = body.form { return form.fileLength }
    if body.isComplete, head.framing != .none { return UInt64(body.collected.count) }
    if let decoded = expectation?.decodedBytes { return decoded }
    if case .contentLength(let length) = head.framing { return length }
    return nil
  }

  /// What conditions read about one access.
  func conditions(_ access: Access) -> RequestConditions {
    var conditions = baseConditions
    conditions.versionID = access.versionID
    if isOfReplacedObject(access) { conditions.storedTags = replacedTags }
    return conditions
  }

  /// A copy is about two objects, and what the one's tags allow says nothing about the other. They can be versions of
  /// one key: what is replaced is the current one.
  private func isOfReplacedObject(_ access: Access) -> Bool {
    guard let source = request?.copySource else { return false }
    return access.bucket != source.bucket || access.key != source.key || access.versionID != source.versionID
  }

  var baseConditions: RequestConditions { RequestConditions(exchange: self, storedTags: storedTags) }

  var region: ByteString {
    guard let scope = claim?.scope, !scope.region.isEmpty else { return snapshot.region }
    return ByteString(Array(scope.region))
  }

  /// Whether a missing key must look like a forbidden one: the caller may not list the bucket, so S3 does not say
  /// whether the key exists.
  /// Source: Amazon S3 API Reference, GetObject, "Permissions".
  func hidesMissingKey(_ failure: BackendFailure) -> Bool {
    guard let access = accessThatShows(failure) else { return false }
    let decision = Authorizer.decide(
      access, caller, snapshot.authorization, at: PolicyDate(milliseconds: now.milliseconds), conditions(access))
    if !decision.isAllowed {
      self.decision = decision
      hasHiddenMissingKey = true
    }
    return !decision.isAllowed
  }

  /// What must be allowed for the caller to know that the key is not there; nil where the failure is another.
  func accessThatShows(_ failure: BackendFailure) -> Access? {
    guard case .refused(let error) = failure, error.status == 404, let request,
      let bucket = request.bucket, request.key != nil
    else { return nil }
    switch error.code {
    case .noSuchKey, .noSuchVersion: break
    // An upload or a lock that is not there is none of the key's secrets.
    default: return nil
    }
    // For a copy it is the source that is missing.
    let listed = request.copySource?.bucket ?? bucket
    return Access(.listBucket, bucket: listed)
  }
}

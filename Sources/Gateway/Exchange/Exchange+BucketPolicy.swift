import Authorization
import Backend
import IAMPolicy
import NIOCore
import S3Model
import S3Wire
import Settings

/// Bucket policies and public access blocks are the gateway's own, whatever store the bucket is in: decided by here, so kept here.
extension Exchange {
  func keepBucketPolicy(_ authorized: AuthorizedRequest) throws(ExchangeFailure) {
    guard let bucket = authorized.request.bucket else { throw .noBucketPolicy }
    switch authorized.request.operation {
    case .getBucketPolicy:
      guard let document = worker.keeper.bucketPolicy(bucket) else { throw .noBucketPolicy }
      respond(status: 200, contentType: "application/json", body: document)
    case .getBucketPolicyStatus:
      guard let document = worker.keeper.bucketPolicy(bucket) else { throw .noBucketPolicy }
      let isPublic = try checked(document, bucket).isPublic
      respond(status: 200, contentType: "application/xml", body: SmallDocuments.policyStatus(isPublic: isPublic))
    case .putBucketPolicy:
      let limit = snapshot.settings.limits.policyBytesMax
      guard body.collected.count <= limit else {
        throw .malformedBucketPolicy("Policies must not be larger than \(limit) bytes")
      }
      _ = try checked(body.collected, bucket)
      try requireBucket(authorized, bucket) { $0.change(bucket, .policy($0.body.collected)) }
    default: change(bucket, .policy(nil))
    }
  }

  func keepPublicAccessBlock(_ authorized: AuthorizedRequest) throws(ExchangeFailure) {
    guard let bucket = authorized.request.bucket else { throw .noPublicAccessBlock }
    switch authorized.request.operation {
    case .getPublicAccessBlock:
      guard let block = worker.keeper.rules.accessBlocks[bucket] else { throw .noPublicAccessBlock }
      respond(status: 200, contentType: "application/xml", body: block.document)
    case .putPublicAccessBlock:
      let block = try wire { () throws(S3WireError) in try PublicAccessBlock(document: body.collected) }
      try requireBucket(authorized, bucket) { $0.change(bucket, .accessBlock(block)) }
    default: change(bucket, .accessBlock(nil))
    }
  }

  /// `BlockPublicAcls`: a store must not be told to let everyone in past the gateway.
  func refusePublicACL(_ request: S3Request) throws(ExchangeFailure) {
    guard let bucket = request.bucket,
      snapshot.authorization.accessBlocks[bucket]?.refusesPublicACLs == true,
      try wire({ () throws(S3WireError) in try request.setsPublicACL(document: body.collected) })
    else { return }
    throw .publicAccessBlocked(.acl)
  }

  private func checked(_ document: [UInt8], _ bucket: String) throws(ExchangeFailure) -> BucketPolicyDocument {
    do throws(BucketPolicyDocument.Failure) {
      return try BucketPolicyDocument(document, bucket: bucket)
    } catch {
      switch error {
      case .policy(let error): throw .malformedBucketPolicy("\(error)")
      case .malformed: throw .malformedBucketPolicy("Policies must be valid JSON and the first byte must be '{'")
      }
    }
  }

  /// A policy for a bucket that does not exist would wait for whoever makes it.
  private func requireBucket(
    _ authorized: AuthorizedRequest, _ bucket: String, then: @escaping (Exchange) -> Void
  ) throws(ExchangeFailure) {
    var lookup = authorized.request
    lookup.operation = .headBucket
    lookup.query = []
    guard let derived = authorized.deriving(lookup) else { throw .undecidable("not the same accesses") }
    collect(derived, on: try backend(for: lookup), bytesMax: 65_536) { exchange, result in
      switch result {
      case .success: then(exchange)
      case .failure(.refused(let error)) where error.status == 404:
        exchange.fail(.backend(.refused(StoreError(.noSuchBucket))))
      case .failure(let failure): exchange.fail(.backend(failure))
      }
    }
  }

  /// Rules may outlive their bucket: the store was asked to delete it by others, or its answer was lost. Whoever makes
  /// the bucket anew must not inherit them. Where the bucket is there after all, they stay.
  func dropLeftRules(_ authorized: AuthorizedRequest, _ bucket: String) throws(ExchangeFailure) {
    var lookup = authorized.request
    lookup.operation = .headBucket
    lookup.query = []
    guard let derived = authorized.deriving(lookup) else { throw .undecidable("not the same accesses") }
    collect(derived, on: try backend(for: lookup), bytesMax: 65_536) { exchange, result in
      guard case .failure(.refused(let error)) = result, error.status == 404 else {
        exchange.perform(.pass)
        return
      }
      let bound = NIOLoopBound(exchange, eventLoop: exchange.worker.eventLoop)
      exchange.worker.keeper.change(bucket, .removal, on: exchange.worker.eventLoop).whenComplete { result in
        let exchange = bound.value
        guard !exchange.response.isOver else { return }
        switch result {
        case .success: exchange.perform(.pass)
        case .failure(let error): exchange.fail(.storageFailed("\(error)"))
        }
      }
    }
  }

  /// Answers once the change is on disk and in force on every event loop of this node.
  private func change(_ bucket: String, _ change: SnapshotKeeper.Change) {
    let isPut = if case .accessBlock(.some) = change { true } else { false }
    let bound = NIOLoopBound(self, eventLoop: worker.eventLoop)
    worker.keeper.change(bucket, change, on: worker.eventLoop).whenComplete { result in
      let exchange = bound.value
      guard !exchange.response.isOver else { return }
      switch result {
      case .success:
        exchange.beginResponse(status: isPut ? 200 : 204, fields: [], contentLength: isPut ? 0 : nil)
        exchange.endResponse()
      case .failure(is SnapshotKeeper.PublicPolicyRefused):
        exchange.fail(.publicAccessBlocked(.policy))
      case .failure(let error):
        exchange.fail(.storageFailed("\(error)"))
      }
    }
  }
}

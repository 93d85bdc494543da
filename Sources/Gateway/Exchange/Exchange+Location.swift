import Authorization
import Backend
import S3Model
import S3Wire

/// GetBucketLocation: SDKs sign for the region that it names, so it is the gateway's and not the store's.
extension Exchange {
  private static let locationBytesMax = 65_536

  /// Asks the store, which knows whether the bucket is there.
  func tellLocation(_ authorized: AuthorizedRequest) throws(ExchangeFailure) {
    collect(authorized, on: try backend(for: authorized.request), bytesMax: Self.locationBytesMax) { exchange, result in
      switch result {
      case .failure(let failure): exchange.fail(.backend(failure))
      case .success:
        exchange.respond(
          status: 200, contentType: "application/xml", body: Self.location(exchange.snapshot.region))
      }
    }
  }

  /// Source: Amazon S3 API Reference, GetBucketLocation: "Buckets in Region us-east-1 have a LocationConstraint of
  /// null."
  private static func location(_ region: ByteString) -> [UInt8] {
    var writer = XMLWriter(reserving: 256)
    writer.open("LocationConstraint", namespace: XMLWriter.s3Namespace)
    if region != "us-east-1" { writer.text(region.bytes) }
    writer.close("LocationConstraint")
    return writer.bytes
  }
}

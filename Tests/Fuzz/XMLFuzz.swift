import S3Model
import S3Wire

/// XML: the reader by itself, the documents of requests, the documents of stores, and back.
enum XMLFuzz {
  static func run(_ input: [UInt8]) {
    guard input.count <= 65_536 else { return }
    walk(input)
    requests(input)
    responses(input)
  }

  // MARK: The reader

  private static func walk(_ bytes: [UInt8]) {
    do throws(XMLFault) {
      var limits = XMLLimits(documentBytesMax: 65_536, elementsMax: 4096)
      limits.depthMax = 16
      var reader = try XMLReader(bytes, limits: limits)
      try reader.enterRoot()
      var depth = 1
      var steps = 0
      while depth > 0 {
        _ = reader.attribute("xmlns")
        steps += 1
        expect(steps <= 65_536, "a walk ends")
        // Names of any length decide how the tree is walked.
        if reader.name.utf8.count % 5 == 3 {
          let text = try reader.text()
          expect(text.count <= bytes.count, "text comes from the input")
          depth -= 1
        } else if reader.name.utf8.count % 5 == 4 {
          try reader.skip()
          depth -= 1
        }
        while depth > 0 {
          if try reader.nextChild() {
            depth += 1
            break
          }
          depth -= 1
        }
      }
      try reader.finish()
    } catch {
      return
    }
  }

  // MARK: Documents

  private static func parsed<Value, Failure>(_ read: () throws(Failure) -> Value) -> Value? {
    do throws(Failure) { return try read() } catch { return nil }
  }

  /// A document that is taken is written, and the written one is taken for the same.
  private static func roundTrip<Value: Equatable>(
    _ name: String, _ bytes: [UInt8], _ read: ([UInt8]) -> Value?, _ write: (Value) -> [UInt8]
  ) {
    guard let value = read(bytes) else { return }
    let document = write(value)
    guard let again = read(document) else {
      expect(false, "a \(name) that was written can be read: \(String(decoding: document, as: UTF8.self))")
      return
    }
    expect(again == value, "a \(name) stays what it is: \(String(decoding: document, as: UTF8.self))")
  }

  private static func requests(_ bytes: [UInt8]) {
    roundTrip(
      "Delete", bytes,
      { bytes in parsed { () throws(S3WireError) in try DeleteObjectsRequest(document: bytes) } }, { $0.document })
    roundTrip(
      "Tagging", bytes,
      { bytes in parsed { () throws(S3WireError) in try TagSet.parse(document: bytes, countMax: 50) } },
      { TagSet.document($0) })
    roundTrip(
      "CORSConfiguration", bytes,
      { bytes in parsed { () throws(S3WireError) in try CORSConfiguration(document: bytes) } }, { $0.document })
    roundTrip(
      "VersioningConfiguration", bytes,
      { bytes in parsed { () throws(S3WireError) in try VersioningConfiguration(document: bytes) } }, { $0.document })
    roundTrip(
      "AccessControlPolicy", bytes,
      { bytes in parsed { () throws(S3WireError) in try AccessControlPolicy(document: bytes) } }, { $0.document })
    if let document = parsed({ () throws(S3WireError) in try CompleteMultipartUploadRequest(document: bytes) }) {
      expect(document.parts.count <= CompleteMultipartUploadRequest.partsMax, "parts are bounded")
    }
    if let document = parsed({ () throws(S3WireError) in try CreateBucketConfiguration(document: bytes) }) {
      for access in document.accesses(bucket: "bucket") { expect(access.bucket == "bucket", "its own bucket") }
    }
    _ = parsed { () throws(S3WireError) in try ReplicationRole.access(document: bytes) }
    if let cors = parsed({ () throws(S3WireError) in try CORSConfiguration(document: bytes) }) {
      _ = cors.rule(origin: "https://www.example.com", method: "GET", headers: ["x-amz-date", "content-type"])
    }
  }

  private static func responses(_ bytes: [UInt8]) {
    roundTrip(
      "DeleteResult", bytes, { bytes in parsed { () throws(XMLFault) in try DeleteResult(document: bytes) } },
      { $0.document })
    roundTrip(
      "ListAllMyBucketsResult", bytes,
      { bytes in parsed { () throws(XMLFault) in try ListAllMyBucketsResult(document: bytes) } }, { $0.document })
    roundTrip(
      "InitiateMultipartUploadResult", bytes,
      { bytes in parsed { () throws(XMLFault) in try InitiateMultipartUploadResult(document: bytes) } },
      { $0.document })
    roundTrip(
      "CompleteMultipartUploadResult", bytes,
      { bytes in parsed { () throws(XMLFault) in try CompleteMultipartUploadResult(document: bytes) } },
      { $0.document })
    for kind in [CopyResult.Kind.object, .part] {
      roundTrip(
        "CopyResult", bytes, { bytes in parsed { () throws(XMLFault) in try CopyResult(kind, document: bytes) } },
        { $0.document })
    }
    if let error = S3ErrorDocument(document: bytes) {
      let again = S3ErrorDocument(document: error.document)
      expect(again?.code == error.code && again?.message == error.message, "an error stays what it is")
    }
  }
}

import Backend
import Cryptography
import HTTPWire
import S3Model
import S3Wire

extension FileOperations {
  /// Objects up to this size are read whole with their record, in one read.
  private static let wholeBytesMax: UInt64 = 64 << 10
  private static let firstReadBytes = 256 << 10

  static func getObject(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    try read(request, store, withBody: true)
  }

  static func headObject(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    try read(request, store, withBody: false)
  }

  private static func read(
    _ backendRequest: BackendRequest, _ store: ObjectStore, withBody: Bool
  ) throws(BackendFailure) -> FileReply {
    let request = backendRequest.request
    let bucket = try store.bucket(request.bucket)
    let key = try key(request)
    let conditions = ConditionalHeaders(request, nowSeconds: FileCalls.nowMilliseconds() / 1000)
    // Part files may be removed while they are looked for, when the object is overwritten: then it is opened anew.
    for _ in 0..<16 {
      let object = try store.open(key, in: bucket, wholeMax: withBody ? wholeBytesMax : 0)
      let record = object.record
      switch conditions.evaluate(etag: record.etag.text, lastModifiedSeconds: record.modified / 1000) {
      case .proceed: break
      case .preconditionFailed: throw .refused(.preconditionFailed)
      case .notModified: return notModified(record)
      }
      let selection = try Selection(request, record)
      var fields = ResponseFields()
      fields.append(record, overridesOf: request)
      let tagCount = try store.tags(of: object, in: bucket).count
      if tagCount > 0, withBody { fields.append(.xAmzTaggingCount, String(tagCount)) }
      selection.append(to: &fields, request)
      let count = UInt64(selection.range.count)
      let response = BackendResponse(status: selection.isPartial ? 206 : 200, fields: fields, contentLength: count)
      guard withBody, count > 0 else { return FileReply(response) }
      let reader = try storage { () throws(FileError) in try ObjectReader(object, selection.range, bucket) }
      guard let reader else { continue }
      let piece = try storage { () throws(FileError) in try reader.read(firstReadBytes) }
      if reader.remaining == 0 {
        reader.close()
        return FileReply(response, body: piece)
      }
      return FileReply(response, body: piece, reader: reader)
    }
    throw .refused(.operationAborted)
  }

  private static func notModified(_ record: ObjectRecord) -> FileReply {
    var fields = ResponseFields()
    fields.append(.etag, record.etag.quoted)
    fields.append(.lastModified, HTTPDate.format(seconds: record.modified / 1000))
    return FileReply(BackendResponse(status: 304, fields: fields, contentLength: nil))
  }

  /// The bytes of an object that a request wants.
  private struct Selection {
    var range: Range<UInt64>
    var isPartial = false
    /// The part asked for by number.
    private var part: ObjectRecord.Part?
    private let record: ObjectRecord

    init(_ request: S3Request, _ record: ObjectRecord) throws(BackendFailure) {
      self.record = record
      range = 0..<record.size
      if request.query(.partNumber) != nil {
        guard !request.hasHeader(.range) else {
          throw .refused(.invalidRequest, "Cannot specify both Range header and partNumber query parameter")
        }
        try select(part: FileOperations.partNumber(request))
      } else if let header = request.header(.range), let wanted = RangeHeader(header.bytes) {
        guard let found = wanted.resolve(size: Int64(record.size)) else {
          throw Self.unsatisfiable(header, record.size)
        }
        range = UInt64(found.lowerBound)..<UInt64(found.upperBound)
        isPartial = true
      }
    }

    /// An object that was put whole has one part.
    private mutating func select(part number: UInt16) throws(BackendFailure) {
      guard let parts = record.multipart?.parts else {
        guard number == 1 else { throw .refused(.invalidPartNumber) }
        isPartial = record.size > 0
        return
      }
      guard let index = parts.firstIndex(where: { $0.number == number }) else { throw .refused(.invalidPartNumber) }
      let start = parts[..<index].reduce(UInt64(0)) { $0 + $1.size }
      range = start..<start + parts[index].size
      isPartial = true
      part = parts[index]
    }

    func append(to fields: inout ResponseFields, _ request: S3Request) {
      if isPartial {
        let signed = Int64(range.lowerBound)..<Int64(range.upperBound)
        fields.append(.contentRange, RangeHeader.contentRange(signed, size: Int64(record.size)))
      }
      if part != nil, let multipart = record.multipart {
        fields.append(.xAmzMpPartsCount, String(multipart.parts.count))
      }
      guard request.header(.xAmzChecksumMode, equals: "ENABLED") else { return }
      // The checksum of the whole would not fit a part of the bytes, and clients check what they are told.
      if let part {
        if let checksum = part.checksum { fields.append(checksum.algorithm.field, checksum.base64) }
      } else if !isPartial || range.count == Int(record.size) {
        fields.appendChecksum(of: record)
      }
    }

    private static func unsatisfiable(_ header: ByteString, _ size: UInt64) -> BackendFailure {
      var error = StoreError(
        .invalidRange,
        details: [(name: "RangeRequested", value: header.text), (name: "ActualObjectSize", value: String(size))])
      error.fields.append(.contentRange, "bytes */\(size)")
      return .refused(error)
    }
  }
}

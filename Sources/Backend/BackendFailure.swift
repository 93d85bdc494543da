public import S3Model

/// Why a store did not serve a request. `Gateway/ErrorMapping.swift` turns each into what the client sees.
public enum BackendFailure: Error, Sendable {
  /// An S3 error of the store's, to be told to the client under the gateway's own request id.
  case refused(StoreError)
  /// The operation is not one this store has.
  case notImplemented
  /// No connection, or it broke before a response: 503. The reason is for the log.
  case unavailable(reason: String)
  /// The store refused Martlet's own credentials: the operator's fault, never the client's. 503.
  case credentialsRefused(storeCode: String)
  /// No answer in time: 503.
  case timedOut
  /// The store's answer is no valid HTTP or S3 response: 502's meaning, told as InternalError.
  case malformedResponse(reason: String)
  /// The response body broke off, or storage failed while reading.
  case brokeOff(reason: String)
  /// The embedded store failed (input/output error): InternalError. The reason is for the log.
  case storageFailed(reason: String)
  /// The embedded store's disk or quota is full: 507, which clients do not repeat. The reason is for the log.
  case storageFull(reason: String)
}

/// An S3 error document as a store means it.
public struct StoreError: Error, Sendable {
  public var code: S3ErrorCode
  /// Where the store's code is not one of AWS's, its own text, bounded and checked to be a name.
  public var foreignCode: String?
  public var status: UInt16
  public var message: String
  /// Further elements, such as `ActualObjectSize` of InvalidRange. Never Resource, RequestId, HostId.
  public var details: [(name: String, value: String)]
  /// Header lines that belong to the error, such as `x-amz-delete-marker`.
  public var fields = ResponseFields()

  public init(
    _ code: S3ErrorCode, message: String? = nil, status: UInt16? = nil, foreignCode: String? = nil,
    details: [(name: String, value: String)] = []
  ) {
    self.code = code
    self.foreignCode = foreignCode
    self.status = status ?? code.status
    self.message = message ?? String(describing: code.message)
    self.details = details
  }
}

import HTTPWire

/// The system metadata that S3 stores with an object and sends back as it came.
///
/// The raw values are on disk: never renumber.
enum SystemField: UInt8, CaseIterable, Sendable {
  case contentType = 1
  case contentEncoding = 2
  case contentDisposition = 3
  case contentLanguage = 4
  case cacheControl = 5
  case expires = 6

  var field: FieldName {
    switch self {
    case .contentType: .contentType
    case .contentEncoding: .contentEncoding
    case .contentDisposition: .contentDisposition
    case .contentLanguage: .contentLanguage
    case .cacheControl: .cacheControl
    case .expires: .expires
    }
  }
}

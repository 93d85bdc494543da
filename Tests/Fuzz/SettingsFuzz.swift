@testable import Settings

/// Settings: YAML, decoding and every check. Opens no file.
enum SettingsFuzz {
  static func run(_ input: [UInt8]) {
    guard input.count <= 8192, let text = String(validating: input, as: UTF8.self) else { return }
    let decoded = Result { () throws(SettingsErrors) in try GatewaySettings(yaml: text) }
    switch decoded {
    case .success: break
    case .failure(let errors): expect(!errors.errors.isEmpty && !"\(errors)".isEmpty, "a refusal has a reason")
    }
    if let duration = SettingsText.duration(text) { expect(duration >= .zero, "a duration is not negative") }
    if let size = SettingsText.size(text) { expect(size >= 0, "a size is not negative") }
    _ = ListenAddress(text)
    _ = EndpointURL(text)
    _ = BucketPattern(text)
  }
}

import IAMPolicy
import Rego
import S3Model

/// Values of condition keys for people and for JSON.
enum ConditionText {
  static func text(_ value: ConditionValue) -> String {
    switch value {
    case .absent: "absent"
    case .unavailable: "not available"
    case .text(let text): quoted(text.text)
    case .texts(let texts): "[" + texts.map { quoted($0.text) }.joined(separator: ", ") + "]"
    case .boolean(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .date(let date): date.bytes.text
    case .address(let address): address.description
    }
  }

  static func quoted(_ text: String) -> String { Value.string(Text(text)).jsonText.string }

  static func list(_ texts: [String]) -> String {
    let shown = texts.prefix(4).map(quoted).joined(separator: ", ")
    return texts.count == 1 ? shown : texts.count > 4 ? "[\(shown), … \(texts.count) in all]" : "[\(shown)]"
  }

  /// The value in JSON; null where the request has none.
  static func value(_ value: ConditionValue) -> Value {
    switch value {
    case .absent, .unavailable: .null
    case .text(let text): .string(Text(bytes: text.bytes))
    case .texts(let texts): .array(ValueArray(texts.map { .string(Text(bytes: $0.bytes)) }))
    case .boolean(let flag): .boolean(flag)
    case .integer(let number): .integer(number)
    case .date(let date): .string(Text(bytes: date.bytes.bytes))
    case .address(let address): .string(Text(address.description))
    }
  }
}

/// `yaml.*` and `rego.parse_module`.
enum DocumentBuiltins {
  static let all: [Builtin] = [
    Builtin("yaml.marshal", [.any], .string) { operands, context throws(BuiltinError) in
      let text: Text
      do throws(YAMLFault) { text = try YAMLWriter.text(operands[0]) } catch { throw .failed(error.description) }
      try context.charge(instructions: text.byteCount, bytes: text.byteCount)
      return .string(text)
    },
    Builtin("yaml.unmarshal", [.string], .any) { operands, context throws(BuiltinError) in
      let text = try operands.text(0)
      try context.charge(instructions: text.byteCount, bytes: text.byteCount * 4)
      do throws(YAMLFault) { return try Value(yaml: text.bytes, limits: limits) } catch {
        throw .failed("yaml: \(error)")
      }
    },
    Builtin("yaml.is_valid", [.string], .boolean) { operands, context throws(BuiltinError) in
      guard case .string(let text) = operands[0] else { return false }
      try context.charge(instructions: text.byteCount, bytes: text.byteCount * 4)
      do throws(YAMLFault) {
        _ = try Value(yaml: text.bytes, limits: limits)
        return true
      } catch {
        return false
      }
    },
    Builtin("rego.parse_module", [.string, .string], .object(.string, .any)) { operands, context throws(BuiltinError) in
      let (name, text) = (try operands.text(0).string, try operands.text(1))
      try context.charge(instructions: text.byteCount * 8, bytes: text.byteCount * 16)
      do throws(RegoErrors) {
        let module = try RegoParser.parseModule(Source(name: name, text: text.bytes))
        return SyntaxTree.value(of: module, fileName: name)
      } catch {
        throw .failed(error.errors.map { "\($0.code.rawValue): \($0.message)" }.joined(separator: "\n"))
      }
    },
  ]

  /// An expression of a policy should not spend what loading `data.yaml` may.
  private static let limits = YAMLLimits(bytesMax: 1 << 20, valuesMax: 1 << 16)
}

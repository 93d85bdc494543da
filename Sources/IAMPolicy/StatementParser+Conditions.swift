import JSON
import S3Model

extension StatementParser {
  func conditions(_ node: PolicyNode?) throws(PolicyError) -> [CompiledCondition] {
    guard let node else { return [] }
    var conditions: [CompiledCondition] = []
    for member in try node.object().members {
      let block = node.child(member.value, member.name)
      guard let test = ConditionOperator(name: member.name) else { throw block.fault(.unknownOperator) }
      for member in try block.object().members {
        let entry = block.child(member.value, member.name)
        guard let key = ConditionKey(parsing: member.name.utf8) else { throw entry.fault(.badConditionKey) }
        conditions.append(try condition(test, key, entry))
      }
    }
    return conditions
  }

  private func condition(
    _ test: ConditionOperator, _ key: ConditionKey, _ node: PolicyNode
  ) throws(PolicyError) -> CompiledCondition {
    let nodes = try node.oneOrMany()
    return CompiledCondition(
      key: key, test: try compile(test.base, nodes), negated: test.negated, ifExists: test.ifExists,
      quantifier: test.quantifier, operandCount: nodes.count)
  }

  private func compile(
    _ base: ConditionOperator.Base, _ nodes: [PolicyNode]
  ) throws(PolicyError) -> CompiledCondition.Test {
    switch base {
    case .string(let wildcards, let ignoringCase):
      var patterns: [TextPattern] = []
      for node in nodes { patterns.append(try pattern(node, wildcards: wildcards)) }
      return .text(patterns, ignoringCase: ignoringCase)
    case .arn:
      var patterns: [ARNPattern] = []
      for node in nodes {
        let text = try operandText(node)
        guard text == "*" || text.hasPrefix("arn:") || variables && text.hasPrefix("${") else {
          throw node.fault(.badValue)
        }
        do throws(TextPattern.ParseFault) {
          patterns.append(try ARNPattern(operand: Array(text.utf8), variables: variables))
        } catch {
          throw node.fault(.badVariable)
        }
      }
      return .arn(patterns)
    case .numeric(let relation): return .number(relation, try operands(nodes))
    case .date(let relation): return .date(relation, try operands(nodes))
    case .bool: return .flag(try operands(nodes))
    case .null: return .null(try operands(nodes))
    case .binary: return .binary(try operands(nodes))
    case .address: return .address(try operands(nodes))
    }
  }

  private func operands<Value>(_ nodes: [PolicyNode]) throws(PolicyError) -> [Operand<Value>] {
    var operands: [Operand<Value>] = []
    for node in nodes {
      let pattern = try pattern(node, wildcards: false)
      if let bytes = pattern.literal {
        guard let value = Value(operand: bytes) else { throw node.fault(.badValue) }
        operands.append(.constant(value))
      } else {
        operands.append(.variable(pattern))
      }
    }
    return operands
  }

  private func pattern(_ node: PolicyNode, wildcards: Bool) throws(PolicyError) -> TextPattern {
    let text = try operandText(node)
    do throws(TextPattern.ParseFault) {
      return try TextPattern(parsing: text.utf8, .init(wildcards: wildcards, variables: variables))
    } catch {
      throw node.fault(.badVariable)
    }
  }

  /// Numbers and booleans may stand without quotes.
  private func operandText(_ node: PolicyNode) throws(PolicyError) -> String {
    switch node.value {
    case .string(let text): return text
    case .integer(let number): return String(number)
    case .real(let number): return number.description
    case .bool(let flag): return flag ? "true" : "false"
    case .null, .array, .object: throw node.fault(.wrongType(node.value.kind))
    }
  }
}

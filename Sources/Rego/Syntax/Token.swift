/// One token of Rego. Source: OPA v1/ast/internal/tokens.
struct Token {
  enum Kind: UInt8 {
    case illegal, end, whitespace, identifier
    case package, `import`, `as`, `default`, `else`, not, some, with, null, `true`, `false`
    case number, string, rawString
    /// A piece of a template string before an expression, and its last piece.
    case templatePart, templateEnd, rawTemplatePart, rawTemplateEnd
    case leftBracket, rightBracket, leftBrace, rightBrace, leftParenthesis, rightParenthesis, comma, colon
    case plus, minus, times, divide, remainder, and, or, unify, equal, assign, notEqual
    case greater, less, greaterOrEqual, lessOrEqual, dot, semicolon
    case `in`, every, contains, `if`
  }

  var kind: Kind
  /// The text between the delimiters of a string or template piece; elsewhere as `start` and `end`.
  var content: Range<Int>
  /// In bytes.
  var start: Int
  var end: Int
  var row: Int32
  var column: Int32
}

extension Token.Kind {
  /// As error messages call it.
  var name: String {
    switch self {
    case .illegal: "illegal"
    case .end: "eof"
    case .whitespace: "whitespace"
    case .identifier: "identifier"
    case .package: "package"
    case .import: "import"
    case .as: "as"
    case .default: "default"
    case .else: "else"
    case .not: "not"
    case .some: "some"
    case .with: "with"
    case .null: "null"
    case .true: "true"
    case .false: "false"
    case .number: "number"
    case .string, .rawString: "string"
    case .templatePart: "template-string-part"
    case .templateEnd: "template-string-end"
    case .rawTemplatePart: "raw-template-string-part"
    case .rawTemplateEnd: "raw-template-string-end"
    case .leftBracket: "["
    case .rightBracket: "]"
    case .leftBrace: "{"
    case .rightBrace: "}"
    case .leftParenthesis: "("
    case .rightParenthesis: ")"
    case .comma: ","
    case .colon: ":"
    case .plus: "plus"
    case .minus: "minus"
    case .times: "mul"
    case .divide: "div"
    case .remainder: "rem"
    case .and: "and"
    case .or: "or"
    case .unify: "eq"
    case .equal: "equal"
    case .assign: "assign"
    case .notEqual: "neq"
    case .greater: "gt"
    case .less: "lt"
    case .greaterOrEqual: "gte"
    case .lessOrEqual: "lte"
    case .dot: "."
    case .semicolon: ";"
    case .in: "in"
    case .every: "every"
    case .contains: "contains"
    case .if: "if"
    }
  }

  /// Tokens of future keywords exist only where those are enabled.
  var isKeyword: Bool {
    switch self {
    case .package, .import, .as, .default, .else, .not, .some, .with, .null, .true, .false, .in, .every, .contains, .if:
      true
    default: false
    }
  }

  /// How tightly an operator binds its operands, from 1; nil for what is none.
  var precedence: Int? {
    switch self {
    case .equal, .notEqual, .less, .greater, .lessOrEqual, .greaterOrEqual: 1
    case .or: 2
    case .and: 3
    case .plus, .minus: 4
    case .times, .divide, .remainder: 5
    default: nil
    }
  }
}

/// The keywords that older modules have to import.
struct FutureKeywords: OptionSet {
  let rawValue: UInt8

  static let `in` = FutureKeywords(rawValue: 1)
  static let every = FutureKeywords(rawValue: 2)
  static let contains = FutureKeywords(rawValue: 4)
  static let `if` = FutureKeywords(rawValue: 8)
  static let all: FutureKeywords = [.in, .every, .contains, .if]

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Importing `every` brings `in` along.
  init?(name: Text) {
    switch name {
    case "in": self = .in
    case "every": self = [.every, .in]
    case "contains": self = .contains
    case "if": self = .if
    default: return nil
    }
  }
}

/// Why a builtin gave no value. The evaluator turns it into undefined, or, when strict, into an `eval_builtin_error` or
/// `eval_type_error` with the builtin's name and place.
public enum BuiltinError: Error, Sendable {
  /// An operand has the wrong type or value; `operand` counts from 1. OPA's text: `operand 1 must be string but got number`.
  case operand(_ operand: Int, message: String)
  /// Anything else, in OPA's words after `NAME: `.
  case failed(String)
  /// Stops the evaluation even when not strict: budgets, and builtins that this engine knows but never runs.
  case halt(HaltReason)

  public enum HaltReason: Error, Sendable {
    case unsupported
    case memoryBudget
    case instructionBudget
  }

  /// `operand N must be …` with OPA's list of types.
  static func operand(_ operand: Int, mustBe expected: String, got value: Value) -> BuiltinError {
    .operand(operand, message: "must be \(expected) but got \(value.typeName)")
  }
}

/// What a builtin may ask beyond its operands. One per evaluation; not shared between threads.
public protocol BuiltinContext: AnyObject {
  /// Nanoseconds since 1970, constant during one evaluation. Source: OPA `time.now_ns`.
  var nowNanoseconds: Int64 { get }
  /// Random bytes, other ones with each call: a builtin that must answer the same twice keeps its answer (`memoize`).
  func randomBytes(_ count: Int) -> [UInt8]
  /// A value that a builtin keeps for the rest of the evaluation under its name and a key (uuid.rfc4122, rand.intn).
  func memoized(_ builtin: StaticString, _ key: Value) -> Value?
  func memoize(_ builtin: StaticString, _ key: Value, _ value: Value)
  /// Compiled patterns and parsed certificates of this evaluation or of the policy, by kind and source.
  var cache: BuiltinCache { get }
  /// Charges for work that grows with its operands (ranges, products, `walk`, replacements).
  func charge(instructions: Int, bytes: Int) throws(BuiltinError)
  /// A line of `print` or `trace`.
  func note(_ line: String)
  var input: Value { get throws(BuiltinError) }
  var zones: ZoneDatabase { get }
}

extension BuiltinContext {
  public var zones: ZoneDatabase { .utcOnly }
}

/// Patterns, networks and other objects that are costly to make, kept from call to call and decision to decision.
///
/// Bounded: a table that is full is emptied, so that hostile patterns cost time and no memory.
public final class BuiltinCache {
  var expressions: [Text: RegularExpression] = [:]
  var globs: [GlobKey: Glob] = [:]
  var networks: [Text: Network] = [:]
  /// In front of `globs`; by delimiter.
  let nearGlobs = PatternTable<Glob>()
  /// In front of `networks`.
  let nearNetworks = PatternTable<Network>()
  /// The last one that was read: a decision compares one with many networks.
  var address: (text: Text, address: NetworkAddress)?
  /// Anything else, by kind and source.
  private var others: [OtherKey: any Sendable] = [:]

  private static let entriesMax = 1024
  /// A longer pattern is compiled anew, which costs about what matching it does.
  private static let globBytesMax = 4096

  private struct OtherKey: Hashable {
    var kind: ObjectIdentifier
    var source: Text
  }

  public init() {}

  func keep(_ expression: RegularExpression, for pattern: Text) {
    if expressions.count >= Self.entriesMax { expressions.removeAll(keepingCapacity: true) }
    expressions[pattern] = expression
  }

  func keep(_ glob: Glob, for key: GlobKey) {
    if key.pattern.byteCount > Self.globBytesMax { return }
    if globs.count >= Self.entriesMax { globs.removeAll(keepingCapacity: true) }
    globs[key] = glob
  }

  func keep(_ network: Network, for text: Text) {
    if networks.count >= Self.entriesMax { networks.removeAll(keepingCapacity: true) }
    networks[text] = network
  }

  func find<Entry: Sendable>(_ source: Text, _ kind: Entry.Type) -> Entry? {
    others[OtherKey(kind: ObjectIdentifier(kind), source: source)] as? Entry
  }

  func keep<Entry: Sendable>(other entry: Entry, for source: Text) {
    if others.count >= Self.entriesMax { others.removeAll(keepingCapacity: true) }
    others[OtherKey(kind: ObjectIdentifier(Entry.self), source: source)] = entry
  }
}

/// A glob pattern with its delimiters as given.
struct GlobKey: Hashable {
  var pattern: Text
  var delimiters: Value
}

/// Operands of a call, by position from 0; never undefined.
public typealias Operands = UnsafeBufferPointer<Value>

/// The function behind a builtin. Returning `.undefined` makes the call undefined without an error.
public typealias BuiltinFunction =
  @Sendable (_ operands: Operands, _ context: any BuiltinContext) throws(BuiltinError) -> Value

/// One builtin: declaration for the compiler and function for the evaluator.
public struct Builtin: Sendable {
  /// As called: `startswith`, `io.jwt.decode`, `internal.member_2`; operators by OPA's names (`plus`, `equal`).
  public let name: String
  public let operands: [TypeDescription]
  public let result: TypeDescription
  /// The infix operator, for messages and the formatter.
  public let infix: String?
  /// nil where the engine knows the builtin but never runs it (`http.send`): calling it halts with `unsupported`.
  public let function: BuiltinFunction?

  public init(
    _ name: String, _ operands: [TypeDescription], _ result: TypeDescription, infix: String? = nil,
    _ function: BuiltinFunction?
  ) {
    self.name = name
    self.operands = operands
    self.result = result
    self.infix = infix
    self.function = function
  }
}

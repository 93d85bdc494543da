#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A compiled glob pattern, as OPA's `glob.match` reads it.
///
/// `*` runs over anything but delimiters, `**` over everything, `?` is one character but no delimiter; `[abc]`, `[!abc]`
/// and `[a-z]` are classes, `{a,b}` alternatives, `\` takes the next character as it is.
/// Matching follows all alternatives at once: time is proportional to the text's length times the pattern's, whatever
/// both are. Source: OPA, "Policy Reference", Glob; gobwas/glob.
final class Glob: Sendable {
  /// A state and what takes the text from it to the next.
  fileprivate enum Step: Sendable {
    case scalar(UInt32)
    /// One character that is no delimiter.
    case one
    /// Zero or more that are no delimiters, staying here.
    case many
    /// Zero or more of any.
    case everything
    case oneOf([ClosedRange<UInt32>], negated: Bool)
    /// Goes on at each of these without taking anything.
    case fork([Int])
    case accept
  }

  /// What must stand at the beginning, taken by comparing bytes.
  private let prefix: [UInt8]
  private let tail: Tail
  private let delimiters: [UInt32]
  /// When there is one, of ASCII.
  private let onlyDelimiter: UInt8?

  private enum Tail: Sendable {
    case nothing
    /// One `*` or `**` and then these bytes.
    case wildcard(crossing: Bool, suffix: [UInt8])
    case automaton(Automaton)
  }

  /// Of a pattern, in steps.
  private static let stepsMax = 16_384

  /// - Throws: when brackets or braces do not close.
  init(_ pattern: Text, delimiters: [UInt32]) throws(BuiltinError) {
    self.delimiters = delimiters
    onlyDelimiter = delimiters.count == 1 && delimiters[0] < 0x80 ? UInt8(delimiters[0]) : nil
    var parser = Parser(scalars: Array(pattern.string.unicodeScalars.map(\.value)))
    let steps = try parser.parse()
    guard steps.count <= Self.stepsMax else { throw .failed("the glob pattern is too long") }
    var literal: [Step] = []
    for step in steps {
      guard case .scalar = step else { break }
      literal.append(step)
    }
    prefix = Self.text(literal[...])
    let rest = steps[literal.count...]
    if case .accept? = rest.first {
      tail = .nothing
      return
    }
    let behind = rest.dropFirst()
    let endsInLiteral = behind.dropLast().allSatisfy { if case .scalar = $0 { true } else { false } }
    switch rest.first {
    case .many where endsInLiteral: tail = .wildcard(crossing: delimiters.isEmpty, suffix: Self.text(behind.dropLast()))
    case .everything where endsInLiteral: tail = .wildcard(crossing: true, suffix: Self.text(behind.dropLast()))
    default: tail = .automaton(Automaton(steps, from: literal.count))
    }
  }

  private static func text(_ steps: ArraySlice<Step>) -> [UInt8] {
    var bytes: [UInt8] = []
    for case .scalar(let value) in steps {
      bytes.append(contentsOf: Unicode.Scalar(value).map { Array(String($0).utf8) } ?? [])
    }
    return bytes
  }

  func matches(_ text: Text) -> Bool { text.withBytes { matches($0) } }

  func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= prefix.count, Self.isSame(bytes, at: 0, prefix) else { return false }
    return matchesTail(UnsafeRawBufferPointer(rebasing: bytes[prefix.count...]))
  }

  /// - Precondition: the bytes are long enough.
  @inline(__always)
  private static func isSame(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ other: [UInt8]) -> Bool {
    guard !other.isEmpty, let start = bytes.baseAddress else { return true }
    return other.withUnsafeBytes { memcmp(start + offset, $0.baseAddress!, $0.count) == 0 }
  }

  private func matchesTail(_ bytes: UnsafeRawBufferPointer) -> Bool {
    switch tail {
    case .nothing: return bytes.isEmpty
    case .wildcard(let crossing, let suffix):
      let middle = bytes.count - suffix.count
      guard middle >= 0, Self.isSame(bytes, at: middle, suffix) else { return false }
      return crossing || !containsDelimiter(UnsafeRawBufferPointer(rebasing: bytes[..<middle]))
    case .automaton(let automaton): return automaton.accepts(bytes, delimiters)
    }
  }

  private func containsDelimiter(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if let delimiter = onlyDelimiter {
      for byte in bytes where byte == delimiter { return true }
      return false
    }
    return String(decoding: bytes, as: UTF8.self).unicodeScalars.contains { delimiters.contains($0.value) }
  }
}

extension Glob {
  /// The steps as an automaton that is in several states at once.
  private struct Automaton: Sendable {
    let steps: [Step]
    /// By state: the states that are reached from it without taking anything, itself included unless a fork.
    let closures: [[Int]]
    let start: Int

    init(_ steps: [Step], from start: Int) {
      self.steps = steps
      self.start = start
      closures = steps.indices.map { Self.closure(of: $0, steps) }
    }

    private static func closure(of state: Int, _ steps: [Step]) -> [Int] {
      var reached: [Int] = []
      var pending = [state]
      var seen: Set<Int> = [state]
      while let next = pending.popLast() {
        let further: [Int]
        switch steps[next] {
        case .fork(let targets): further = targets
        case .many, .everything:
          reached.append(next)
          further = [next + 1]
        default:
          reached.append(next)
          further = []
        }
        for target in further where seen.insert(target).inserted { pending.append(target) }
      }
      return reached
    }

    func accepts(_ bytes: UnsafeRawBufferPointer, _ delimiters: [UInt32]) -> Bool {
      var current = closures[start]
      var following: [Int] = []
      // The round in which a state was last entered, so that none is entered twice.
      var entered = [Int](repeating: -1, count: steps.count)
      var round = 0
      for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
        let value = scalar.value
        let isDelimiter = delimiters.contains(value)
        following.removeAll(keepingCapacity: true)
        for state in current {
          let next: Int
          switch steps[state] {
          case .scalar(value): next = state + 1
          case .one where !isDelimiter: next = state + 1
          case .many where !isDelimiter: next = state
          case .everything: next = state
          case .oneOf(let ranges, let negated) where ranges.contains(where: { $0.contains(value) }) != negated:
            next = state + 1
          default: continue
          }
          for reached in closures[next] where entered[reached] != round {
            entered[reached] = round
            following.append(reached)
          }
        }
        if following.isEmpty { return false }
        swap(&current, &following)
        round += 1
      }
      return current.contains { if case .accept = steps[$0] { true } else { false } }
    }
  }

  /// Pattern to steps. Alternatives become forks; each jumps behind the closing brace by a fork with one target.
  private struct Parser {
    let scalars: [UInt32]
    var position = 0
    var steps: [Step] = []
    private var depth = 0

    private static let depthMax = 64

    init(scalars: [UInt32]) { self.scalars = scalars }

    mutating func parse() throws(BuiltinError) -> [Step] {
      try parseSequence(inBraces: false)
      steps.append(.accept)
      return steps
    }

    private mutating func parseSequence(inBraces: Bool) throws(BuiltinError) {
      while position < scalars.count {
        let scalar = scalars[position]
        switch scalar {
        case "}" where inBraces, "," where inBraces: return
        case "*":
          position += 1
          var crossing = false
          while position < scalars.count, scalars[position] == "*" {
            crossing = true
            position += 1
          }
          steps.append(crossing ? .everything : .many)
        case "?":
          position += 1
          steps.append(.one)
        case "[": try parseClass()
        case "{": try parseAlternatives()
        case "\\":
          position += 1
          guard position < scalars.count else { return }
          steps.append(.scalar(scalars[position]))
          position += 1
        default:
          steps.append(.scalar(scalar))
          position += 1
        }
      }
    }

    private mutating func parseAlternatives() throws(BuiltinError) {
      depth += 1
      defer { depth -= 1 }
      guard depth <= Self.depthMax else { throw .failed("the glob pattern is nested too deeply") }
      position += 1
      let fork = steps.count
      steps.append(.fork([]))
      var starts: [Int] = []
      var ends: [Int] = []
      while true {
        starts.append(steps.count)
        try parseSequence(inBraces: true)
        ends.append(steps.count)
        steps.append(.fork([]))
        guard position < scalars.count else { throw .failed("unexpected end of input") }
        let closing = scalars[position] == "}"
        position += 1
        if closing { break }
      }
      steps[fork] = .fork(starts)
      for end in ends { steps[end] = .fork([steps.count]) }
    }

    private mutating func parseClass() throws(BuiltinError) {
      position += 1
      var negated = false
      if position < scalars.count, scalars[position] == "!" {
        negated = true
        position += 1
      }
      var members: [UInt32] = []
      var ranges: [ClosedRange<UInt32>] = []
      while true {
        guard position < scalars.count else { throw .failed("unexpected end of input") }
        var scalar = scalars[position]
        position += 1
        if scalar == "]" { break }
        if scalar == "\\", position < scalars.count {
          scalar = scalars[position]
          position += 1
        } else if scalar == "-", let low = members.last, position < scalars.count, scalars[position] != "]" {
          let high = scalars[position]
          position += 1
          guard low <= high else {
            throw .failed("hi character '\(Self.text(high))' should be greater than lo '\(Self.text(low))'")
          }
          members.removeLast()
          ranges.append(low...high)
          continue
        }
        members.append(scalar)
      }
      guard !members.isEmpty || !ranges.isEmpty else { throw .failed("empty character class") }
      steps.append(.oneOf(ranges + members.map { $0...$0 }, negated: negated))
    }

    private static func text(_ scalar: UInt32) -> String { Unicode.Scalar(scalar).map { String($0) } ?? "" }
  }
}

extension UInt32 {
  fileprivate static func ~= (pattern: Unicode.Scalar, value: UInt32) -> Bool { pattern.value == value }
  fileprivate static func == (left: UInt32, right: Unicode.Scalar) -> Bool { left == right.value }
  fileprivate static func != (left: UInt32, right: Unicode.Scalar) -> Bool { left != right.value }
}

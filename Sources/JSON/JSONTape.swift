/// The structure of one JSON text: where each value starts and ends, in the order written.
///
/// A tape holds no copy of the text; whoever keeps one keeps the text beside it. Members of an object are two nodes,
/// name and value; `Node.next` skips a whole value, so that what is not asked for costs nothing after the scan.
public struct JSONTape: Sendable {
  public enum Kind: UInt8, Sendable {
    case null, `true`, `false`, number, string, array, object
  }

  public struct Node: Sendable {
    public internal(set) var kind: Kind
    /// A string that holds escapes (or, where the options let it pass, invalid UTF-8): its bytes are not its value.
    public internal(set) var isEncoded: Bool
    /// Half open range of bytes: of a string without its quotes, of everything else with its brackets.
    public internal(set) var start: UInt32
    public internal(set) var end: UInt32
    /// Index of the node after this value and all inside it; while a container is open, that of its parent.
    public internal(set) var next: UInt32

    init(kind: Kind, isEncoded: Bool = false, start: Int, end: Int, next: Int) {
      self.kind = kind
      self.isEncoded = isEncoded
      self.start = UInt32(truncatingIfNeeded: start)
      self.end = UInt32(truncatingIfNeeded: end)
      self.next = UInt32(truncatingIfNeeded: next)
    }

    @inlinable public var range: Range<Int> { Int(start)..<Int(end) }
  }

  /// What to do where JSON leaves a choice.
  public struct Options: Sendable {
    public var limits: JSONLimits
    /// Refuse an object that has one name twice; else the last one counts.
    public var refusesDuplicates: Bool
    /// Refuse invalid UTF-8 and lone surrogates; else each reads as U+FFFD, as Go does.
    public var refusesInvalidText: Bool

    public init(limits: JSONLimits = JSONLimits(), refusesDuplicates: Bool = true, refusesInvalidText: Bool = true) {
      self.limits = limits
      self.refusesDuplicates = refusesDuplicates
      self.refusesInvalidText = refusesInvalidText
    }
  }

  /// Never empty after a scan; the first one is the whole document.
  public internal(set) var nodes: [Node] = []
  /// No object has one name twice.
  public internal(set) var isUnique = true

  /// Nothing scanned yet.
  public init() {}

  public init(scanning bytes: UnsafeRawBufferPointer, options: Options = Options()) throws(JSONError) {
    nodes.reserveCapacity(bytes.count / 8 + 4)
    try scan(bytes, options: options)
  }

  public init(scanning bytes: [UInt8], options: Options = Options()) throws(JSONError) {
    let result: Result<JSONTape, JSONError> = bytes.withUnsafeBytes { bytes in
      do throws(JSONError) { return .success(try JSONTape(scanning: bytes, options: options)) } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }

  /// Replaces what the tape holds, keeping its memory.
  public mutating func scan(_ bytes: UnsafeRawBufferPointer, options: Options = Options()) throws(JSONError) {
    // Offsets have 32 bits.
    let bytesMax = min(options.limits.bytesMax, Int(UInt32.max) - 1)
    guard bytes.count <= bytesMax else { throw JSONError.tooLarge(bytes: bytes.count, bytesMax: bytesMax) }
    nodes.removeAll(keepingCapacity: true)
    var scanner = JSONScanner(bytes: bytes, options: options)
    swap(&scanner.nodes, &nodes)
    let failure = scanner.run()
    swap(&scanner.nodes, &nodes)
    isUnique = options.refusesDuplicates
    if let failure {
      nodes.removeAll(keepingCapacity: true)
      throw failure.error(in: bytes, limits: options.limits)
    }
  }
}

extension JSONTape {
  /// The bytes of a string node, valid during the call.
  /// - Parameter bytes: what was scanned.
  @inlinable
  public func withString<Result>(
    _ node: Node, in bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let raw = UnsafeRawBufferPointer(rebasing: bytes[node.range])
    return node.isEncoded ? JSONScanner.decode(raw).withUnsafeBytes(body) : body(raw)
  }

  /// Index of the value of a member; nil when the object has none of that name.
  /// - Parameter object: index of an object's node.
  @inlinable
  public func member(_ name: UnsafeRawBufferPointer, of object: Int, in bytes: UnsafeRawBufferPointer) -> Int? {
    var found: Int?
    var index = object + 1
    let end = Int(nodes[object].next)
    while index < end {
      let node = nodes[index]
      if withString(node, in: bytes, { $0.elementsEqual(name) }) {
        // The last one of a name counts.
        found = index + 1
        if isUnique { return found }
      }
      index = Int(nodes[index + 1].next)
    }
    return found
  }

  /// Index of an element; nil beyond the end.
  @inlinable
  public func element(_ position: Int, of array: Int) -> Int? {
    var index = array + 1
    let end = Int(nodes[array].next)
    var left = position
    while index < end {
      if left == 0 { return index }
      left -= 1
      index = Int(nodes[index].next)
    }
    return nil
  }
}

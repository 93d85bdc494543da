/// What one evaluation may use, and what it takes from the world.
public struct EvaluationSettings: Sendable {
  /// Steps of the plan, candidates of iterations and charges of builtins.
  public var instructionsMax: Int
  /// What comprehensions, partial documents and builtins may build, about, in bytes.
  public var memoryBytesMax: Int
  /// Of the native stack.
  public var stackBytesMax: Int
  /// `time.now_ns`.
  public var nowNanoseconds: Int64
  /// Errors of builtins end the evaluation instead of making the expression undefined.
  public var strictBuiltinErrors: Bool
  /// What `time.*` knows of time zones.
  public var zones: ZoneDatabase
  /// Bytes for `uuid.rfc4122`, `rand.intn`.
  public var random: @Sendable (_ count: Int) -> [UInt8]

  public init(
    instructionsMax: Int = 10_000_000, memoryBytesMax: Int = 64 << 20, stackBytesMax: Int = 384 << 10,
    nowNanoseconds: Int64 = 0, strictBuiltinErrors: Bool = false, zones: ZoneDatabase = .utcOnly,
    random: @escaping @Sendable (_ count: Int) -> [UInt8] = EvaluationSettings.systemRandom
  ) {
    self.instructionsMax = instructionsMax
    self.memoryBytesMax = memoryBytesMax
    self.stackBytesMax = stackBytesMax
    self.nowNanoseconds = nowNanoseconds
    self.strictBuiltinErrors = strictBuiltinErrors
    self.zones = zones
    self.random = random
  }

  /// From the system's generator.
  public static let systemRandom: @Sendable (Int) -> [UInt8] = { count in
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in generator.next() }
  }
}

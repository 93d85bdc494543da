/// The offsets of a named time zone from UTC, as a TZif file tells them. Source: RFC 8536.
public struct ZoneInfo: Sendable {
  struct Kind: Sendable {
    /// Seconds east of UTC.
    var offset: Int
    var abbreviation: Text
  }

  /// Seconds since 1970 from which on the kind at the same place in `kindsFrom` holds; ascending.
  private var transitions: [Int64] = []
  private var kindsFrom: [Int] = []
  private var kinds: [Kind]
  /// What holds behind the last transition.
  private var rule: ZoneRule?

  static let utc = ZoneInfo(kinds: [Kind(offset: 0, abbreviation: "UTC")])

  private init(kinds: [Kind]) { self.kinds = kinds }

  /// Reads a TZif file of version 1 to 4. Nil for anything else.
  public init?(tzif bytes: [UInt8]) {
    guard let first = Header(bytes, at: 0) else { return nil }
    guard first.version >= 2 else {
      self.init(bytes, first, timeBytes: 4)
      return
    }
    guard let second = Header(bytes, at: first.end(timeBytes: 4)) else { return nil }
    self.init(bytes, second, timeBytes: 8)
    let footer = bytes[second.end(timeBytes: 8)...]
    guard footer.first == 0x0A, let end = footer.dropFirst().firstIndex(of: 0x0A) else { return nil }
    rule = ZoneRule(footer[(footer.startIndex + 1)..<end])
  }

  private struct Header {
    var version: Int
    var start: Int
    var utcCount, standardCount, leapCount, transitionCount, kindCount, nameBytes: Int

    init?(_ bytes: [UInt8], at start: Int) {
      guard bytes.count >= start + 44, bytes[start..<start + 4].elementsEqual("TZif".utf8) else { return nil }
      self.start = start + 44
      version = bytes[start + 4] == 0 ? 1 : Int(bytes[start + 4]) - 0x30
      func count(_ index: Int) -> Int { Int(ZoneInfo.integer(bytes, start + 20 + index * 4, 4)) }
      utcCount = count(0)
      standardCount = count(1)
      leapCount = count(2)
      transitionCount = count(3)
      kindCount = count(4)
      nameBytes = count(5)
      let all = [utcCount, standardCount, leapCount, transitionCount, kindCount, nameBytes]
      guard all.allSatisfy({ (0...65_536).contains($0) }), kindCount > 0,
        bytes.count >= end(timeBytes: version >= 2 && start > 0 ? 8 : 4)
      else { return nil }
    }

    func end(timeBytes: Int) -> Int {
      start + transitionCount * (timeBytes + 1) + kindCount * 6 + nameBytes + leapCount * (timeBytes + 4)
        + standardCount + utcCount
    }
  }

  private init?(_ bytes: [UInt8], _ header: Header, timeBytes: Int) {
    var position = header.start
    transitions = (0..<header.transitionCount).map { Self.integer(bytes, position + $0 * timeBytes, timeBytes) }
    position += header.transitionCount * timeBytes
    kindsFrom = (0..<header.transitionCount).map { Int(bytes[position + $0]) }
    position += header.transitionCount
    let names = bytes[(position + header.kindCount * 6)...].prefix(header.nameBytes)
    kinds = (0..<header.kindCount).map { index in
      let name = names.dropFirst(Int(bytes[position + index * 6 + 5])).prefix { $0 != 0 }
      return Kind(offset: Int(Self.integer(bytes, position + index * 6, 4)), abbreviation: Text(bytes: Array(name)))
    }
    guard kindsFrom.allSatisfy(kinds.indices.contains) else { return nil }
  }

  private static func integer(_ bytes: [UInt8], _ position: Int, _ count: Int) -> Int64 {
    var value: Int64 = bytes[position] & 0x80 != 0 ? -1 : 0
    for byte in bytes[position..<position + count] { value = value << 8 | Int64(byte) }
    return value
  }

  /// What holds at a time in seconds since 1970.
  func kind(at seconds: Int64) -> Kind {
    guard let last = transitions.last else { return rule?.kind(at: seconds) ?? kinds[0] }
    if seconds >= last, let rule { return rule.kind(at: seconds) }
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? kinds[0] : kinds[kindsFrom[low - 1]]
  }

  /// The seconds since 1970 of a local time given as if it were UTC, as Go's `time.Date` resolves gaps and overlaps.
  func seconds(ofLocal local: Int64) -> Int64 {
    let guess = local - Int64(kind(at: local).offset)
    return local - Int64(kind(at: guess).offset)
  }
}

/// Time zones by name, as the program loaded them: the engine itself reads no file.
public struct ZoneDatabase: Sendable {
  private var zones: [String: ZoneInfo] = [:]

  public init() {}

  /// `UTC` alone.
  public static let utcOnly = ZoneDatabase()

  public mutating func add(_ zone: ZoneInfo, named name: String) { zones[name] = zone }

  /// Of the zones beside UTC.
  public var names: [String] { zones.keys.sorted() }

  func zone(named name: Text) -> ZoneInfo? {
    name.isEmpty || name == "UTC" || name == "Local" ? .utc : zones[name.string]
  }
}

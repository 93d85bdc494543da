/// `audit`: one line per request.
public struct AuditSettings: Hashable, Sendable {
  public enum Output: String, CaseIterable, Hashable, Sendable {
    case file, stdout, off
  }

  /// What happens to requests when audit lines cannot be written fast enough, or at all.
  public enum FullBehavior: String, CaseIterable, Hashable, Sendable {
    /// Requests are refused until there is room: nothing happens unaudited.
    case refuse
    /// Requests go on, lines are dropped and counted.
    case drop
  }

  public let output: Output
  /// Where `file` output goes.
  public let file: String
  /// Longest time that a line waits before it is handed to the system.
  public let flushInterval: Duration
  /// Bytes after which a loop's lines are handed over at once.
  public let flushBytes: Int
  /// Memory for lines not yet written, over all loops, in bytes.
  public let bufferBytesMax: Int
  /// Whether each flush also waits for the disk.
  public let fsync: Bool
  public let onFull: FullBehavior

  init(_ reader: SectionReader, data: String) {
    output = reader.choice("output", default: .file)
    file = reader.path("file") ?? data + "/audit.jsonl"
    flushInterval = reader.duration(
      "flush_interval", default: .milliseconds(100), in: .milliseconds(1)...(.seconds(10)))
    flushBytes = reader.size("flush_bytes", default: 65_536, in: 1024...(16 << 20))
    bufferBytesMax = reader.size("buffer_bytes_max", default: 16 << 20, in: (64 << 10)...(1 << 30))
    fsync = reader.boolean("fsync", default: false)
    onFull = reader.choice("on_full", default: .refuse)
  }
}

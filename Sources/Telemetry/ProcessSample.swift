import Glibc

/// What the system says about this process, and what other parts count on their own.
public struct ProcessSample: Sendable {
  /// User and system time, in seconds.
  public var cpuSeconds = 0.0
  public var residentBytes: UInt64 = 0
  public var openDescriptors: UInt64 = 0
  public var maxDescriptors: UInt64 = 0
  /// In seconds since 1970.
  public var startSeconds: Int64 = 0
  public var auditLinesDropped: UInt64 = 0
  public var auditWaitingBytes: UInt64 = 0
  public var auditWriteErrors: UInt64 = 0
  /// Of the settings and policies in use; grows with every reload that was taken.
  public var snapshotRevision: UInt64 = 0
  /// Nil where there is none.
  public var identityStore: IdentityStoreSample?
  /// Reloads that were refused since the start.
  public var reloadErrors: UInt64 = 0
  /// Such as `0.1.0`.
  public var version = "unknown"

  public init() {}

  /// Reads `/proc` and asks the kernel: some tens of microseconds, so not for an event loop that serves requests.
  public static func current() -> ProcessSample {
    var sample = ProcessSample()
    var time = timespec()
    if clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 {
      sample.cpuSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    // Second word of statm: resident pages (proc(5)).
    let words = text("/proc/self/statm").split(separator: " ")
    if words.count > 1, let pages = UInt64(words[1]) {
      sample.residentBytes = pages * UInt64(max(0, sysconf(Int32(_SC_PAGESIZE))))
    }
    sample.openDescriptors = descriptors()
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      sample.maxDescriptors = UInt64(limit.rlim_cur)
    }
    sample.startSeconds = startTime
    return sample
  }

  private static func descriptors() -> UInt64 {
    guard let folder = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(folder) }
    var count: UInt64 = 0
    while readdir(folder) != nil { count += 1 }
    // `.`, `..` and the descriptor of this folder itself.
    return count >= 3 ? count - 3 : 0
  }

  /// When the process started: boot time plus field 22 of `stat`, which counts clock ticks since boot (proc(5)).
  private static let startTime: Int64 = {
    // The second field is a name in parentheses that may hold blanks.
    let fields = text("/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
    let boot = text("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }?.dropFirst(6)
    guard fields.count > 19, let ticks = Int64(fields[19]), let boot, let seconds = Int64(boot) else { return 0 }
    return seconds + ticks / Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
  }()

  private static func text(_ path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}

import Glibc

/// How many descriptors the process may open.
enum DescriptorLimit {
  /// Takes all that the system grants: shells and service managers start programs with 1,024 for the sake of those that
  /// use select(2), and each connection takes one or two.
  static func raise() {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = limit.rlim_max
    // Refused, it stays what it was; /metrics says how many there are.
    _ = setrlimit(resource, &limit)
  }
}

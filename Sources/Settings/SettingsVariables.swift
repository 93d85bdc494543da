/// The environment variables that start with `MARTLET_`.
public enum SettingsVariables {
  static let prefix = "MARTLET_"

  /// Variables with a meaning of their own, which set no key.
  public static let others: [String: String] = [
    "MARTLET_ROOT_ACCESS_KEY": "access key id of the root user",
    "MARTLET_ROOT_SECRET_KEY": "secret access key of the root user",
    "MARTLET_ROOT_SECRET_KEY_FILE": "file with the secret access key of the root user",
    "MARTLET_CONFIG": "settings file or folder, as --config",
    "MARTLET_CONFORMANCE": "folder of conformance data, for tests",
    "MARTLET_BENCH": "options of the benchmarks",
  ]

  /// `limits.head_bytes_max` → `MARTLET_LIMITS_HEAD_BYTES_MAX`; all but letters and digits becomes `_`.
  public static func name(of keyPath: String) -> String {
    var name = Array(prefix.utf8)
    for byte in keyPath.utf8 {
      switch byte {
      case 0x61...0x7A: name.append(byte - 0x20)
      case 0x41...0x5A, 0x30...0x39: name.append(byte)
      default: name.append(0x5F)
      }
    }
    return String(decoding: name, as: UTF8.self)
  }

  static func isKnownOutsideSettings(_ name: String) -> Bool {
    others[name] != nil || isServiceLink(name)
  }

  /// Kubernetes describes every Service of a namespace to every pod in variables made from its name, so a Service
  /// called `martlet` or `martlet-…` sets some that start with our prefix.
  ///
  /// Source: Kubernetes, "Service", "Environment variables".
  private static func isServiceLink(_ name: String) -> Bool {
    let words = name.split(separator: "_").dropFirst()
    if name.hasSuffix("_SERVICE_HOST") || name.hasSuffix("_SERVICE_PORT") || name.hasSuffix("_PORT") { return true }
    if name.contains("_SERVICE_PORT_") { return true }
    guard let port = words.firstIndex(of: "PORT"), words.count >= port + 2 else { return false }
    let rest = words[(port + 1)...]
    guard rest.count >= 2, let number = rest.first, number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return false
    }
    let ends: [[Substring]] = [[], ["PROTO"], ["PORT"], ["ADDR"]]
    return ["TCP", "UDP", "SCTP"].contains(rest[rest.startIndex + 1]) && ends.contains(Array(rest.dropFirst(2)))
  }
}

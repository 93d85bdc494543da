public import Authorization
public import S3Model

/// `authorization`: how Rego decides beside IAM.
public struct AuthorizationSettings: Hashable, Sendable {
  /// Default `restrict`.
  public let mode: RegoMode
  /// Asked instead of a bundle; nil for none.
  public let opa: OPASettings?
  /// Folders and archives of bundles, and URLs of archives. Empty where none is named, and ``policiesDefault`` may be there.
  public let policies: [String]
  /// Those of ``policies`` that are URLs.
  public let bundleURLs: [HTTPURL]
  public let bundleServer: BundleServerSettings
  /// What signs bundles. With any, bundles that none of them signed are refused.
  public let bundleKeys: [BundleKeySettings]
  /// What signatures must be made for. Empty by default.
  public let bundleScope: String
  /// The package of `allow`, `deny` and `obligations`. Default `martlet.authz`.
  public let package: [String]
  /// Default `martlet`.
  public let input: RegoInputShape
  /// Modules are of Rego's version 0 unless they say otherwise.
  public let isV0Compatible: Bool
  /// Steps of one evaluation.
  public let instructionsMax: Int
  /// What one evaluation may build, in bytes.
  public let memoryBytesMax: Int

  /// The URL of an entry of ``policies``; nil for a path.
  public static func url(_ policy: String) -> HTTPURL? { SectionReader.isURL(policy) ? HTTPURL.parse(policy) : nil }

  /// Taken where `authorization.policies` is not set and it exists.
  public static let policiesDefault = "policies"

  init(_ reader: SectionReader) {
    mode = reader.choice("rego", default: .restrict)
    opa = reader.section("opa") { OPASettings($0) }
    policies = reader.paths("policies", countMax: 32, orURLs: true)
    let bundleServer = reader.section("bundle_server") { BundleServerSettings($0) }
    self.bundleServer = bundleServer
    bundleURLs = policies.compactMap { policy in
      guard SectionReader.isURL(policy) else { return nil }
      guard let url = HTTPURL.parse(policy), !bundleServer.server.refuses(url) else {
        reader.report(
          .malformed(
            expected: "`https`, an address of this machine, or `bundle_server.insecure_http: true`", found: policy),
          "policies")
        return nil
      }
      return url
    }
    if opa != nil, reader.isSet("policies") {
      reader.report(.collision(found: "policies", with: "`authorization.opa`, which stands for a bundle"), "policies")
    }
    bundleKeys = reader.items("bundle_keys", countMax: 32) { BundleKeySettings($0) }
    bundleScope = reader.text("bundle_scope")?.text ?? ""
    for (index, key) in bundleKeys.enumerated() where bundleKeys[..<index].contains(where: { $0.id == key.id }) {
      reader.report(.collision(found: key.id, with: "the id of an earlier key"), "bundle_keys")
    }
    package =
      reader.value("package", "a package such as `martlet.authz`") { text in
        let names = text.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        let isName = names.allSatisfy { name in
          !name.isEmpty
            && name.utf8.allSatisfy { byte in
              (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
            }
        }
        return isName ? names : nil
      } ?? ["martlet", "authz"]
    input = reader.choice("input", default: .martlet)
    isV0Compatible = reader.boolean("v0_compatible", default: false)
    instructionsMax = reader.number("instructions_max", default: 1_000_000, in: 1000...1_000_000_000)
    memoryBytesMax = reader.size("memory_bytes_max", default: 16 << 20, in: (64 << 10)...(4 << 30))
  }
}

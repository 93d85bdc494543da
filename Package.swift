// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioLocks: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let bigInt: Target.Dependency = .product(name: "BigInt", package: "BigInt")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let hashTrees: Target.Dependency = .product(name: "HashTreeCollections", package: "swift-collections")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let sqlite: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "martlet",
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  // Imports point down only: each block may use the blocks above it.
  targets: [
    // C
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
    // Without pkgConfig: SwiftPM refuses the flags that it gives.
    .systemLibrary(name: "CGSSAPI", providers: [.apt(["libkrb5-dev"])]),
    .systemLibrary(name: "CLDAP", providers: [.apt(["libldap2-dev"])]),

    // Vocabulary
    library("HTTPWire"),
    tests("HTTPWireTests", ["HTTPWire"]),
    library("S3Model", ["HTTPWire"]),
    tests("S3ModelTests", ["S3Model", "HTTPWire"]),
    library("Cryptography", ["COpenSSL"]),
    tests("CryptographyTests", ["Cryptography"]),
    library("JSON", ["CJansson"]),
    tests("JSONTests", ["JSON"]),

    // Engines
    library("JWT", ["Cryptography", "JSON"]),
    tests("JWTTests", ["JWT", "Cryptography", "JSON"]),
    library("KerberosNames", ["CRE2", "S3Model"]),
    tests("KerberosNamesTests", ["KerberosNames", "S3Model"]),
    library("LDAPNames", ["S3Model"]),
    tests("LDAPNamesTests", ["LDAPNames", "S3Model"]),
    library("IAMPolicy", ["JSON", "S3Model"]),
    tests("IAMPolicyTests", ["IAMPolicy", "JSON", "S3Model"]),
    library("S3Wire", ["HTTPWire", "S3Model"]),
    tests("S3WireTests", ["HTTPWire", "S3Model", "S3Wire"]),
    library("SigV4", ["Cryptography", "HTTPWire", "JSON", "S3Model"]),
    tests("SigV4Tests", ["SigV4", "Cryptography", "HTTPWire", "S3Model"]),
    library("Rego", ["CRE2", "Cryptography", "JSON", "JWT", bigInt, yams]),
    tests("RegoTests", ["Rego", "JSON"]),
    tests("RegoConformanceTests", ["Bundles", "Rego", "JSON"]),
    // What Tests/Differential asks beside OPA.
    .executableTarget(
      name: "RegoAnswers", dependencies: ["Rego"], path: "Tests/Differential/Answers", swiftSettings: settings),

    // Decisions
    library("Authorization", ["IAMPolicy", "Rego", "S3Model", hashTrees]),
    tests("AuthorizationTests", ["Authorization", "GatewayTesting", "HTTPWire", "IAMPolicy", "Rego", "S3Model"]),

    // Services
    library("Settings", ["Authorization", "IAMPolicy", "KerberosNames", "LDAPNames", "S3Model", yams]),
    tests("SettingsTests", ["Authorization", "GatewayTesting", "KerberosNames", "S3Model", "Settings"]),
    library("IdentityStore", ["Cryptography", "JSON", "S3Model"]),
    tests(
      "IdentityStoreTests",
      [
        "IdentityStore", "Cryptography", "EtcdIdentityStore", "GatewayTesting", "HTTPClient", "HTTPWire", "JSON",
        "S3Model",
        "SQLiteIdentityStore", logging, nioCore, nioPosix, sqlite,
      ]),
    library(
      "Identity",
      [
        "Authorization", "Cryptography", "IdentityStore", "JSON", "S3Model", "Settings", "SigV4", hashTrees, logging,
      ]),
    tests(
      "IdentityTests",
      [
        "Identity", "Authorization", "Cryptography", "GatewayTesting", "IAMPolicy", "IdentityStore", "S3Model",
        "SQLiteIdentityStore", "Settings", "SigV4", hashTrees, logging,
      ]),
    library("Audit", ["Authorization", "IAMPolicy", "S3Model", "Settings", logging, nioCore, nioLocks, nioPosix]),
    tests(
      "AuditTests",
      [
        "Audit", "Authorization", "GatewayTesting", "IAMPolicy", "JSON", "S3Model", "Settings", logging, nioCore,
        nioPosix,
      ]),
    library("Bundles", ["CZlib", "Cryptography", "JSON", "JWT", "Rego"]),
    tests("BundlesTests", ["Bundles", "CZlib", "Cryptography", "JWT", "Rego"]),
    library("PolicyTool", ["Bundles", "JSON", "Rego"]),
    library(
      "PolicyExplanation", ["Authorization", "CZlib", "IAMPolicy", "JSON", "PolicyTool", "Rego", "S3Model"]),
    tests(
      "PolicyExplanationTests",
      [
        "PolicyExplanation", "Audit", "Authorization", "Bundles", "GatewayTesting", "IAMPolicy", "PolicyTool", "Rego",
        "S3Model",
      ]),
    library("Telemetry", ["S3Model", nioCore]),
    tests("TelemetryTests", ["Telemetry", "S3Model", nioCore, nioPosix]),
    library("Backend", ["Authorization", "HTTPWire", "S3Model", nioCore]),
    tests("BackendTests", ["Backend", "HTTPWire"]),
    library("TLS", ["COpenSSL", nioCore, nioPosix]),
    tests("TLSTests", ["TLS", "COpenSSL", nioCore, nioPosix, nioEmbedded]),
    library("HTTPClient", ["HTTPWire", "S3Model", "TLS", nioCore, nioLocks, nioPosix]),
    tests("HTTPClientTests", ["HTTPClient", "HTTPWire", "S3Model", "TLS", nioCore, nioPosix]),

    // Adapters
    library("FileBackend", ["Backend", "Cryptography", "HTTPWire", "S3Model", "S3Wire", nioCore, nioPosix]),
    tests(
      "FileBackendTests",
      [
        "Authorization", "Backend", "Cryptography", "FileBackend", "HTTPWire", "S3Model", "S3Wire", nioCore, nioPosix,
      ]),
    library(
      "S3Backend",
      [
        "Backend", "Cryptography", "HTTPClient", "HTTPWire", "S3Model", "S3Wire", "SigV4", "TLS", logging, nioCore,
        nioPosix,
      ]),
    tests(
      "S3BackendTests",
      [
        "Authorization", "Backend", "Cryptography", "HTTPWire", "S3Backend", "S3Model", "S3Wire", "SigV4", "TLS",
        logging, nioCore, nioPosix,
      ]),
    library(
      "EtcdIdentityStore",
      ["Cryptography", "HTTPClient", "HTTPWire", "IdentityStore", "JSON", "S3Model", logging, nioCore]),
    library("SQLiteIdentityStore", ["IdentityStore", "S3Model", "Settings", logging, sqlite]),
    library("OIDCClient", ["Cryptography", "HTTPClient", "HTTPWire", "JSON", "JWT", "S3Model", logging, nioCore]),
    library("Kerberos", ["CGSSAPI", "KerberosNames", "S3Model", nioPosix]),
    tests("KerberosTests", ["Kerberos", "KerberosNames", "S3Model"]),
    library("LDAPClient", ["CGSSAPI", "CLDAP", "LDAPNames", "S3Model", nioPosix]),
    tests("LDAPClientTests", ["LDAPClient", "LDAPNames", "S3Model"]),
    library("IdentityBackup", ["Cryptography", "IdentityStore", "JSON", "S3Model"]),
    tests("IdentityBackupTests", ["Cryptography", "GatewayTesting", "IdentityBackup", "IdentityStore", "S3Model"]),
    library("Login", ["Cryptography", "HTTPClient", "HTTPWire", "IAMPolicy", "JSON", "S3Model", "S3Wire", nioCore]),
    tests("LoginTests", ["GatewayTesting", "Login"]),
    library(
      "QueryClient",
      ["Cryptography", "HTTPClient", "HTTPWire", "JSON", "S3Model", "S3Wire", "Settings", "SigV4", nioCore]),
    tests("QueryClientTests", ["QueryClient", "S3Model", "SigV4", nioPosix]),
    library("STS", ["Authorization", "Cryptography", "IAMPolicy", "Rego", "S3Model", "S3Wire", "SigV4"]),
    library(
      "IAM",
      [
        "Authorization", "CZlib", "Cryptography", "IAMPolicy", "Identity", "IdentityStore", "JSON", "Rego", "S3Model",
        "S3Wire", hashTrees, nioPosix,
      ]),
    tests(
      "IAMTests",
      [
        "IAM", "Authorization", "Cryptography", "GatewayTesting", "IAMPolicy", "Identity", "IdentityStore", "JSON",
        "Rego", "S3Model", "S3Wire", hashTrees,
      ]),
    tests(
      "STSTests",
      [
        "STS", "Authorization", "Cryptography", "GatewayTesting", "IAMPolicy", "Identity", "S3Model", "S3Wire", "SigV4",
      ]),

    // Gateway
    library(
      "Gateway",
      [
        "Audit", "Authorization", "Backend", "Cryptography", "HTTPClient", "HTTPWire", "IAM", "IAMPolicy", "Identity",
        "IdentityStore", "JSON", "JWT", "Kerberos", "KerberosNames", "LDAPClient", "LDAPNames", "OIDCClient", "Rego",
        "S3Model", "S3Wire", "STS",
        "Settings", "SigV4",
        "TLS",
        "Telemetry", logging,
        nioCore, nioPosix,
      ]),
    tests(
      "GatewayTests",
      [
        "Gateway", "Audit", "Authorization", "Backend", "GatewayTesting", "HTTPWire", "IAMPolicy", "Identity",
        "S3Model", "S3Wire", "STS",
        "Settings", "SigV4", logging, nioCore, nioEmbedded,
      ]),

    // For tests
    library("GatewayTesting", ["Authorization", "Cryptography", "IAMPolicy", "Identity", "IdentityStore", "S3Model"]),

    // Program
    .executableTarget(
      name: "martlet",
      dependencies: [
        "Audit", "Authorization", "Backend", "Bundles", "Cryptography", "EtcdIdentityStore", "FileBackend", "Gateway",
        "HTTPClient", "IAMPolicy", "Identity", "IdentityBackup", "IdentityStore", "JSON", "JWT", "Kerberos",
        "KerberosNames", "LDAPClient", "Login", "OIDCClient", "PolicyExplanation", "PolicyTool", "QueryClient", "Rego",
        "S3Backend",
        "S3Model", "SQLiteIdentityStore",
        "Settings", "SigV4", "TLS", logging, nioCore, nioPosix,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),

    // Conformance
    tests(
      "ConformanceTests",
      ["Cryptography", "HTTPWire", "IAM", "IAMPolicy", "JSON", "JWT", "S3Backend", "S3Model", "S3Wire", "SigV4"]),
  ],
  cxxLanguageStandard: .cxx17
)

// The fuzz targets are one set of sources: usually a test that runs their corpus once; for Tests/Fuzz/run.sh, which asks
// for it, a program around libFuzzer, instrumented, in a folder of its own.
let fuzzed: [Target.Dependency] = [
  "Authorization", "Backend", "Cryptography", "Gateway", "GatewayTesting", "HTTPClient", "HTTPWire", "IAM", "IAMPolicy",
  "Identity", "IdentityStore", "JSON", "Kerberos", "KerberosNames", "Rego", "S3Backend", "S3Model", "S3Wire", "STS",
  "Settings", "SigV4", "TLS",
  logging, nioCore,
]
let seeds = ["Corpus", "conformance.py", "run.sh"]
if Context.environment["MARTLET_FUZZ"] == nil {
  package.targets.append(
    .testTarget(
      name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz", exclude: seeds + ["LibFuzzer.swift"],
      swiftSettings: settings))
} else {
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: fuzzed, path: "Tests/Fuzz", exclude: seeds + ["CorpusTests.swift"],
      // libFuzzer brings the main function.
      swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]))
}

import S3Model
import Testing

@testable import Settings

@Suite struct GatewaySettingsTests {
  /// The errors of a text, as an operator sees them; empty when it is fine.
  private func errors(_ yaml: String, environment: [String: String] = [:]) -> [String] {
    do throws(SettingsErrors) {
      _ = try GatewaySettings(yaml: yaml, environment: environment)
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  @Test func defaultsNeedNoFile() throws {
    let settings = try SettingsLoader(path: nil, environment: [:]).load()
    #expect(settings.listen == ListenAddress(host: "0.0.0.0", port: 9000))
    #expect(settings.operations.listen == ListenAddress(host: "127.0.0.1", port: 9001))
    #expect(settings.accountID == "000000000000")
    #expect(settings.regions == ["us-east-1"])
    #expect(settings.limits.headBytesMax == 16_384)
    #expect(settings.limits.bodyBytesMax == 5_368_709_120)
    #expect(settings.audit.file == "data/audit.jsonl")
    #expect(settings.audit.onFull == .refuse)
    #expect(settings.sts.keyRingFile == "data/keyring.json")
    #expect(settings.threads == nil)
    guard case .file(let store) = settings.backends[0].kind else {
      Issue.record("the default backend is the embedded one")
      return
    }
    #expect(store.path == "data/objects")
    #expect(settings.backend(forBucket: Array("any".utf8)) == "default")
  }

  @Test func readsEverySection() throws {
    let settings = try GatewaySettings(
      yaml: """
        listen: "[::1]:0"
        operations: {listen: "localhost:9101"}
        data: /srv/martlet
        threads: 3
        account_id: 012345678901
        regions: [eu-central-1, us-east-1]
        domains: [s3.example.com]
        tls:
          certificates: [{certificate_file: a.pem, key_file: /b.pem}]
          minimum_version: 1.3
          fips: true
          fips_module: fips.so
          handshake_timeout: 2s
          reload_interval: 1m
        limits: {head_bytes_max: 8KiB, idle_timeout: 1h, shutdown_timeout: 0s, drain_bytes_max: 0}
        trusted_proxies: [10.0.0.0/8, "::1"]
        proxy_protocol: required
        backends:
          local: {type: file, path: store, fsync: false}
          ceph: {type: s3, endpoint: "https://[2001:db8::1]:8443/", access_key: KEY, secret_key: not-shown,
                 path_style: false, byte_exact: true, connections_per_loop_max: 7}
        routes: [{buckets: "logs-*", backend: ceph}]
        default_backend: local
        sts: {token_bytes_max: 2KiB, key_ring_file: ring.json}
        audit: {output: off, flush_interval: 50ms}
        logging: {level: debug, format: json}
        """, name: "conf/martlet.yaml")
    #expect(settings.listen.description == "[::1]:0")
    #expect(settings.operations.listen.host == "localhost")
    #expect(settings.data == "/srv/martlet")
    #expect(settings.threads == 3)
    #expect(settings.accountID == "012345678901")
    #expect(settings.regions == ["eu-central-1", "us-east-1"])
    #expect(settings.tls.certificates[0].certificateFile.path == "conf/a.pem")
    #expect(settings.tls.certificates[0].keyFile.path == "/b.pem")
    #expect(settings.tls.certificates[0].keyFile.origin.keyPath == "tls.certificates[0].key_file")
    #expect(settings.tls.minimumVersion == .tls13)
    #expect(settings.tls.fips)
    #expect(settings.tls.reloadInterval == .seconds(60))
    #expect(settings.limits.headBytesMax == 8192)
    #expect(settings.limits.idleTimeout == .seconds(3600))
    #expect(settings.limits.drainBytesMax == 0)
    #expect(settings.trustedProxies.count == 2)
    #expect(settings.proxyProtocol == .required)
    guard case .file(let local) = settings.backends[0].kind, case .s3(let ceph) = settings.backends[1].kind else {
      Issue.record("wrong kinds of backend")
      return
    }
    #expect(local.path == "conf/store")
    #expect(!local.fsync)
    #expect(ceph.endpoint.host == "2001:db8::1")
    #expect(ceph.endpoint.hostHeader == "[2001:db8::1]:8443")
    #expect(ceph.endpoint.isTLS)
    #expect(!ceph.pathStyle)
    #expect(ceph.byteExact)
    #expect(ceph.connectionsPerLoopMax == 7)
    #expect(settings.backend(forBucket: Array("logs-1".utf8)) == "ceph")
    #expect(settings.backend(forBucket: Array("other".utf8)) == "local")
    #expect(settings.sts.tokenBytesMax == 2048)
    #expect(settings.sts.keyRingFile == "conf/ring.json")
    #expect(settings.audit.output == .off)
    #expect(settings.audit.flushInterval == .milliseconds(50))
    #expect(settings.logging.level == .debug)
  }

  @Test func readsIdentityStores() throws {
    guard case .sqlite("data/identity.db") = try GatewaySettings(yaml: "", name: "martlet.yaml").identityStore else {
      Issue.record("the default is a file in the data folder")
      return
    }
    let settings = try GatewaySettings(
      yaml: """
        identity_store:
          type: etcd
          endpoints: [https://one:2379, https://two:2379]
          prefix: /gateways/
          ca_file: ca.pem
          client_certificate_file: c.pem
          client_key_file: c.key
          username: martlet
          password: not-shown
          request_timeout: 1s
        """, name: "conf/martlet.yaml")
    guard case .etcd(let etcd) = settings.identityStore else {
      Issue.record("another store")
      return
    }
    #expect(etcd.endpoints.map(\.description) == ["https://one:2379", "https://two:2379"])
    #expect(etcd.prefix == "/gateways/")
    #expect(etcd.caFile?.path == "conf/ca.pem")
    #expect(etcd.clientCertificate?.keyFile.path == "conf/c.key")
    #expect(etcd.username == "martlet")
    #expect(etcd.requestTimeout == .seconds(1))
    #expect("\(etcd)".contains("not-shown") == false)
  }

  @Test(arguments: [
    ("listen: 9000", "settings.yaml:1:9: `listen`: expected an address and port"),
    ("listen: 0.0.0.0:65536", "`listen`: expected"),
    ("listen: 1.2.3:80", "`listen`: expected"),
    ("listen: {port: 1}", "settings.yaml:1:9: `listen`: expected a text, found a mapping"),
    ("listen: 127.0.0.1:9001", "is the same as `operations.listen`"),
    ("listne: 1", "settings.yaml:1:1: `listne`: there is no such key; did you mean `listen`?"),
    ("tls: {fipss: true}", "`tls.fipss`: there is no such key; did you mean `fips`?"),
    ("tls: on", "`tls`: expected a mapping, found a text"),
    ("tls: {fips: yes}", "`tls.fips`: expected `true` or `false`, found `yes`"),
    ("tls: {minimum_version: 1.1}", "`1.1` is not one of `1.2`, `1.3`"),
    ("tls: {fips_module: x}", "makes sense only together with `tls.fips`"),
    ("tls: {certificates: [{certificate_file: a}]}", "`tls.certificates[0].key_file`: required"),
    ("tls: {alpn: [h2]}", "`tls.alpn[0]`: expected one of `http/1.1`, found `h2`"),
    ("account_id: 12345", "expected twelve digits, found `12345`"),
    ("regions: []", "`regions`: required"),
    ("regions: [US]", "`regions[0]`: expected a region"),
    ("domains: [\"*.example.com\"]", "`domains[0]`: expected a domain"),
    ("domains: [S3.example.com]", "`domains[0]`: expected a domain"),
    ("limits: {head_bytes_max: 16}", "`16` is not within 1KiB … 1MiB"),
    ("limits: {head_bytes_max: 16 KiB}", "expected a size"),
    ("limits: {head_timeout: 30}", "expected a duration"),
    ("limits: {head_timeout: -1s}", "expected a duration"),
    ("limits: {head_timeout: 99999999999999999999s}", "expected a duration"),
    ("limits: {head_timeout: 11m}", "`11m` is not within 10ms … 10m"),
    ("limits: {connections_max: 1e3}", "expected a whole number"),
    ("limits: {connections_max: 0}", "`0` is not within 1 … 1000000"),
    ("threads: 0", "`0` is not within 1 … 1024"),
    ("trusted_proxies: [10.0.0.0/33]", "`trusted_proxies[0]`: expected an address range"),
    ("trusted_proxies: [proxy.example.com]", "`trusted_proxies[0]`: expected an address range"),
    ("proxy_protocol: required", "makes sense only together with `trusted_proxies`"),
    ("backends: {a: {path: x}}", "`backends.a.type`: required"),
    ("backends: {a: {type: nfs}}", "`nfs` is not one of `file`, `s3`"),
    ("backends: {a: {type: file}}", "`backends.a.path`: required"),
    ("backends: {a: {type: file, path: x, endpoint: y}}", "`backends.a.endpoint`: there is no such key"),
    ("backends: {a b: {type: file, path: x}}", "`backends.a b`: expected 1 to 64 letters"),
    ("backends: {a: {type: s3, access_key: K12, secret_key: s}}", "`backends.a.endpoint`: required"),
    ("backends: {a: {type: s3, endpoint: ftp://x, access_key: K12, secret_key: s}}", "`backends.a.endpoint`: expected"),
    (
      "backends: {a: {type: s3, endpoint: http://x/y, access_key: K12, secret_key: s}}",
      "`backends.a.endpoint`: expected"
    ),
    (
      "backends: {a: {type: s3, endpoint: http://u@x, access_key: K12, secret_key: s}}",
      "`backends.a.endpoint`: expected"
    ),
    ("backends: {a: {type: s3, endpoint: http://x, access_key: K12}}", "`backends.a.secret_key_file`: required"),
    (
      "backends: {a: {type: s3, endpoint: http://x, access_key: K12, secret_key: s, secret_key_file: f}}",
      "cannot be set together with `backends.a.secret_key_file`"
    ),
    ("routes: [{buckets: a, backend: b}]", "there is no backend `b`"),
    ("routes: [{buckets: a/b, backend: default}]", "`routes[0].buckets`: expected a bucket name"),
    ("routes: [{buckets: a, backend: default}, {buckets: a, backend: default}]", "an earlier route"),
    ("default_backend: x", "there is no backend `x`"),
    ("sts: {token_bytes_max: 1}", "`1` is not within 1KiB … 8KiB"),
    ("identity_store: {type: mysql}", "`mysql` is not one of `sqlite`, `etcd`"),
    ("identity_store: {type: etcd}", "`identity_store.endpoints`: required"),
    ("identity_store: {type: etcd, endpoints: [etcd]}", "`identity_store.endpoints[0]`: expected"),
    ("identity_store: {type: etcd, endpoints: [http://e:1], ca_file: a.pem}", "expected `https` endpoints"),
    ("identity_store: {type: etcd, endpoints: [https://e:1, http://f:1]}", "expected `https` endpoints"),
    ("identity_store: {type: etcd, endpoints: [http://e:1], username: u}", "`identity_store.password_file`: required"),
    ("identity_store: {type: etcd, endpoints: [http://e:1], password: p}", "`identity_store.username`: required"),
    ("identity_store: {type: etcd, endpoints: [http://e:1], prefix: martlet}", "`identity_store.prefix`: expected"),
    ("audit: {on_full: ignore}", "`ignore` is not one of `refuse`, `drop`"),
    ("logging: {level: loud}", "`loud` is not one of"),
    ("data: \"\"", "`data`: expected a path"),
  ])
  func refuses(yaml: String, expected: String) {
    let found = errors(yaml)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains(expected) == true, "\(found)")
  }

  @Test func reportsAllErrorsAtOnce() {
    let found = errors(
      """
      listen: nowhere
      unknown: 1
      limits:
        head_bytes_max: big
        typo: 1
      backends:
        a: {type: s3, endpoint: wrong}
      """, environment: ["MARTLET_LISTENN": "x", "MARTLET_LOGGING_LEVEL": "loud"])
    #expect(found.count == 9, "\(found)")
    #expect(found.contains { $0.contains("settings.yaml:5:3: `limits.typo`") })
    #expect(
      found.contains(
        "environment variable MARTLET_LISTENN: no key is set by this variable; did you mean `MARTLET_LISTEN`?"))
  }

  @Test(arguments: [
    ("a: [", "settings.yaml:"),
    ("listen: 1.2.3.4:1\nlisten: 1.2.3.4:2", "`listen`: set twice"),
    ("tls: {fips: true, fips: false}", "`fips`: set twice"),
    ("listen: !env LISTEN", "the tag `!env` is not known"),
    ("listen: 1.2.3.4:1\n---\nlisten: 1.2.3.4:2", "another document"),
    ("? [a, b]\n: c", "a key must be text"),
    ("- a", "expected a mapping, found a list"),
  ])
  func refusesYAML(yaml: String, expected: String) {
    let found = errors(yaml)
    #expect(found.count == 1)
    #expect(found.first?.contains(expected) == true, "\(found)")
  }

  @Test func aliasesCannotMultiplyWithoutBound() {
    var yaml = "x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n"
    for level in 1...8 {
      let aliases = Array(repeating: "*x\(level - 1)", count: 10).joined(separator: ", ")
      yaml += "x\(level): &x\(level) [\(aliases)]\n"
    }
    #expect(errors(yaml).first?.contains("aliases counted each time") == true)
  }

  @Test func emptyDocumentsAndNullsMeanDefaults() throws {
    for yaml in ["", "# nothing\n", "tls:\nlimits: ~\nlisten: null\nbackends:\n"] {
      #expect(try GatewaySettings(yaml: yaml).listen.port == 9000)
    }
  }

  @Test func environmentStandsAboveFilesAndBelowTheCommandLine() throws {
    let yaml = "listen: 1.1.1.1:1\nlimits: {head_bytes_max: 1KiB}\nlogging: {level: debug}"
    let settings = try GatewaySettings(
      yaml: yaml, environment: ["MARTLET_LISTEN": "2.2.2.2:2", "MARTLET_LIMITS_HEAD_BYTES_MAX": "2KiB"],
      overrides: ["listen": "3.3.3.3:3"])
    #expect(settings.listen.host == "3.3.3.3")
    #expect(settings.limits.headBytesMax == 2048)
    #expect(settings.logging.level == .debug)
  }

  @Test func environmentSetsListsMappingsAndNamedEntries() throws {
    let settings = try GatewaySettings(
      yaml: "backends: {in-memory: {type: s3, endpoint: http://a, access_key: KEY}}",
      environment: [
        "MARTLET_REGIONS": "eu-west-1, us-east-1", "MARTLET_TRUSTED_PROXIES": "[10.0.0.0/8]", "MARTLET_DOMAINS": "",
        "MARTLET_BACKENDS_IN_MEMORY_SECRET_KEY": "from-environment",
        "MARTLET_ROUTES": "[{buckets: a*, backend: in-memory}]",
        "MARTLET_IDENTITIES_USERS": "{bob: {policies: [readonly]}}",
      ])
    #expect(settings.regions == ["eu-west-1", "us-east-1"])
    #expect(settings.trustedProxies.count == 1)
    #expect(settings.domains.isEmpty)
    #expect(settings.routes.count == 1)
    #expect(settings.identities.users.map(\.name) == ["bob"])
    guard case .s3(let store) = settings.backends[0].kind, case .inline(let secret, _) = store.secretKey else {
      Issue.record("the secret is not from the environment")
      return
    }
    #expect(secret == Secret("from-environment".utf8))
  }

  @Test func namesThatShareAVariableAreReportedOnlyWhenItIsSet() throws {
    let yaml = "backends: {a-b: {type: file, path: x}, a_b: {type: file, path: y}}"
    #expect(errors(yaml).isEmpty)
    let found = errors(yaml, environment: ["MARTLET_BACKENDS_A_B_PATH": "z"])
    #expect(found.contains { $0.contains("this variable would set `backends.a-b.path` too") }, "\(found)")
  }

  @Test func knowsWhichVariablesAreNotSettings() {
    let fine = [
      "MARTLET_ROOT_ACCESS_KEY", "MARTLET_ROOT_SECRET_KEY", "MARTLET_CONFORMANCE", "MARTLET_BENCH", "MARTLET_DATA",
      // A Kubernetes Service called `martlet` puts these into every pod.
      "MARTLET_SERVICE_HOST", "MARTLET_SERVICE_PORT", "MARTLET_SERVICE_PORT_HTTPS", "MARTLET_PORT",
      "MARTLET_PORT_9000_TCP", "MARTLET_PORT_9000_TCP_ADDR", "MARTLET_CONSOLE_PORT_9002_TCP_PROTO", "PATH",
    ]
    #expect(errors("", environment: Dictionary(uniqueKeysWithValues: fine.map { ($0, "x") })).isEmpty)
    for name in ["MARTLET_DATAA", "MARTLET_ROOT_SECRET", "MARTLET_PORT_X_TCP", "MARTLET_LIMITS", "MARTLET_"] {
      #expect(errors("", environment: [name: "x"]).count == 1, "\(name)")
    }
  }

  @Test func secretsNeverShow() throws {
    let yaml = """
      backends: {a: {type: s3, endpoint: http://a, access_key: KEY, secret_key: hush-hush-hush}}
      identities: {users: {u: {access_keys: [{id: AKID, secret: hush-hush-hush-hush}]}}}
      """
    let settings = try GatewaySettings(yaml: yaml)
    var dumped = ""
    dump(settings, to: &dumped)
    #expect(dumped.contains("<redacted>"))
    #expect(!dumped.contains("hush"))
    #expect(!"\(settings)".contains("hush"))
    #expect(!String(reflecting: settings).contains("hush"))

    let wrong = yaml.replacing("hush-hush-hush-hush", with: "hush").replacing(
      "secret_key: hush-hush-hush", with: "secret_key: [hush]")
    let found = errors(wrong)
    #expect(found.count == 2, "\(found)")
    #expect(!found.joined().contains("hush"))
  }
}

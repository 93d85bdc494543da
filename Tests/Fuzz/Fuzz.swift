/// The parsers under test. `Corpus/<name>` holds the seeds of each, and every input that once broke it.
enum FuzzTarget: String, CaseIterable {
  case chunked, evaluate, fields, form, kerberos, policy, proxy, query, rego, request, response, settings, signature,
    token, upstream, xml

  func run(_ input: [UInt8]) {
    switch self {
    case .chunked: ChunkedFuzz.run(input)
    case .evaluate: EvaluateFuzz.run(input)
    case .fields: FieldsFuzz.run(input)
    case .form: FormFuzz.run(input)
    case .kerberos: KerberosFuzz.run(input)
    case .policy: PolicyFuzz.run(input)
    case .proxy: ProxyFuzz.run(input)
    case .query: QueryFuzz.run(input)
    case .rego: RegoFuzz.run(input)
    case .request: RequestFuzz.run(input)
    case .response: ResponseFuzz.run(input)
    case .settings: SettingsFuzz.run(input)
    case .signature: SignatureFuzz.run(input)
    case .token: TokenFuzz.run(input)
    case .upstream: UpstreamFuzz.run(input)
    case .xml: XMLFuzz.run(input)
    }
  }
}

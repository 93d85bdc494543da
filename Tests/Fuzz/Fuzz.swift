import HTTPWire

#if canImport(Glibc)
import Glibc
#endif

/// The parsers under test. `FUZZ_TARGET` names the one that runs; its seeds are in `Corpus/<name>`.
enum FuzzTarget: String, CaseIterable {
  case chunked, fields, form, policy, proxy, request, response, settings, signature, token, upstream, xml

  static let selected: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
      let names = allCases.map(\.rawValue).joined(separator: " ")
      print("FUZZ_TARGET must be one of: \(names)")
      exit(2)
    }
    return target
  }()

  func run(_ input: [UInt8]) {
    switch self {
    case .chunked: ChunkedFuzz.run(input)
    case .fields: FieldsFuzz.run(input)
    case .form: FormFuzz.run(input)
    case .policy: PolicyFuzz.run(input)
    case .proxy: ProxyFuzz.run(input)
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

/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FuzzTarget.selected.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

/// Holds a parser to what it promises beyond not trapping.
func expect(_ condition: Bool, _ promise: @autoclosure () -> String) {
  if !condition { fatalError("broken promise: \(promise())") }
}

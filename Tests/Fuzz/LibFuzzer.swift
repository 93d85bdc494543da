#if canImport(Glibc)
import Glibc
#endif

extension FuzzTarget {
  /// The one that `FUZZ_TARGET` names.
  fileprivate static let selected: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
      let names = allCases.map(\.rawValue).joined(separator: " ")
      print("FUZZ_TARGET must be one of: \(names)")
      exit(2)
    }
    return target
  }()
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

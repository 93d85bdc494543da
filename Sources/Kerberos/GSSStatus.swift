import CGSSAPI

/// The library's words for its codes: about keys, names and clocks, never with a secret.
enum GSSStatus {
  private static let bytesMax = 256

  static func text(_ major: OM_uint32, _ minor: OM_uint32) -> String {
    let words = mechanismText(minor)
    return words.isEmpty ? "status \(String(major, radix: 16))" : words
  }

  private static func mechanismText(_ code: OM_uint32) -> String {
    guard code != 0 else { return "" }
    var minor: OM_uint32 = 0
    var more: OM_uint32 = 0
    var buffer = gss_buffer_desc()
    guard
      gss_display_status(&minor, code, CGSSAPI_C_MECH_CODE(), nil, &more, &buffer)
        == CGSSAPI_S_COMPLETE()
    else { return "" }
    defer { gss_release_buffer(&minor, &buffer) }
    // Names out of tickets are among the words: bounded, without control bytes.
    let bytes = UnsafeRawBufferPointer(start: buffer.value, count: min(buffer.length, bytesMax))
    return String(decoding: bytes.map { $0 >= 0x20 && $0 < 0x7F ? $0 : 0x3F }, as: UTF8.self)
  }
}

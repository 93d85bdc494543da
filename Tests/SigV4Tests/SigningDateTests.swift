import Testing

@testable import SigV4

@Suite struct SigningDateTests {
  private func basic(_ text: String) -> Int64? {
    Array(text.utf8).withUnsafeBufferPointer { SigningDate(basic: $0)?.unixSeconds }
  }

  @Test(arguments: [
    ("19700101T000000Z", 0), ("20130524T000000Z", 1_369_353_600), ("20240229T235959Z", 1_709_251_199),
    ("20000229T000000Z", 951_782_400), ("19691231T235959Z", -1), ("99991231T235959Z", 253_402_300_799),
  ])
  func bothWays(text: String, seconds: Int64) {
    #expect(basic(text) == seconds)
    var output: [UInt8] = []
    SigningDate(unixSeconds: seconds).appendBasic(to: &output)
    #expect(String(decoding: output, as: UTF8.self) == text)
  }

  @Test(arguments: [
    "", "20130524T000000", "20130524T000000z", "2013-05-24T00:00:00Z", "20130524T240000Z", "20130524T006000Z",
    "20130524T000060Z", "20131324T000000Z", "20130230T000000Z", "19000229T000000Z", "20130500T000000Z",
    " 0130524T000000Z", "20130524 000000Z", "20130524T000000Z ",
  ])
  func refuses(text: String) {
    #expect(basic(text) == nil)
  }

  @Test func otherForms() {
    let fixdate = Array("Fri, 24 May 2013 00:00:00 GMT".utf8)
    #expect(fixdate.withUnsafeBufferPointer { SigningDate(imfFixdate: $0)?.unixSeconds } == 1_369_353_600)
    let wrongZone = Array("Fri, 24 May 2013 00:00:00 CET".utf8)
    #expect(wrongZone.withUnsafeBufferPointer { SigningDate(imfFixdate: $0) } == nil)
    for text in ["2013-05-24T00:00:00Z", "2013-05-24T00:00:00.000Z"] {
      #expect(Array(text.utf8).withUnsafeBufferPointer { SigningDate(extended: $0)?.unixSeconds } == 1_369_353_600)
    }
    for text in ["2013-05-24T00:00:00", "2013-05-24T00:00:00.Z", "2013-05-24T00:00:00+00:00", "2013-05-24"] {
      #expect(Array(text.utf8).withUnsafeBufferPointer { SigningDate(extended: $0) } == nil)
    }
  }
}

import IAMPolicy
import S3Model
import Testing

@Suite struct PolicyDateTests {
  @Test(arguments: [
    ("2024-01-01", 1_704_067_200_000), ("2024", 1_704_067_200_000), ("2024-01", 1_704_067_200_000),
    ("2024-01-01T00:00:00Z", 1_704_067_200_000), ("2024-01-01T01:00+01:00", 1_704_067_200_000),
    ("2023-12-31T19:00:00-0500", 1_704_067_200_000), ("2024-01-01T00:00:00.250Z", 1_704_067_200_250),
    ("20240101T000000Z", 1_704_067_200_000), ("1704067200", 1_704_067_200_000),
    ("1704067200001", 1_704_067_200_001), ("1970-01-01", 0), ("1969-12-31T23:59:59Z", -1000),
    ("2024-02-29T12:00:00Z", 1_709_208_000_000), ("-86400", -86_400_000),
  ])
  func parses(text: String, milliseconds: Int64) {
    #expect(PolicyDate(parsing: text.utf8)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "not a date", "2024-13-01", "2023-02-29", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z",
    "2024-1-1", "2024-01-01T00:00:00Zx", "2024-01-01T00:00:00.Z", "99999999999999999999",
  ])
  func refuses(text: String) {
    #expect(PolicyDate(parsing: text.utf8) == nil)
  }

  @Test(arguments: ["2024-02-29T23:59:59Z", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2000-03-01T00:00:00Z"])
  func writesWhatItReads(text: String) throws {
    #expect(try #require(PolicyDate(parsing: text.utf8)).bytes.text == text)
  }
}

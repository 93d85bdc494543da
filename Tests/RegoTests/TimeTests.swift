import Foundation
import Testing

@testable import Rego

/// Answers of OPA to drawn times, zones and layouts.
@Suite struct TimeTests {
  /// nanoseconds, zone, layout, formatted
  static let formatted: [(Int64, String, String, String)] = [
    (1455200494606748983, "Europe/Berlin", "RFC822", "11 Feb 16 15:21 CET"),
    (-39517556467872011, "Europe/Berlin", "RFC822", "30 Sep 68 15:54 CET"),
    (3830996856503103182, "Europe/Berlin", "RFC822", "26 May 91 07:47 CEST"),
    (1071322089253834153, "America/St_Johns", "2006-002 15h Z070000", "2003-347 09h -033000"),
    (1342348423785332397, "Africa/Casablanca", "RFC850", "Sunday, 15-Jul-12 11:33:43 +01"),
    (8580729232405932079, "Asia/Kolkata", "RFC822", "30 Nov 41 05:23 IST"),
    (1631506367847413202, "America/New_York", "", "2021-09-13T00:12:47.847413202-04:00"),
    (4588838448975835887, "America/St_Johns", "Jan 02 06 03:04:05.999999 pm -07", "Jun 01 15 10:50:48.975835 am -02"),
    (-2490041509455520773, "America/St_Johns", "ANSIC", "Tue Feb  3 22:17:18 1891"),
    (1702081945583372808, "America/New_York", "RFC822", "08 Dec 23 19:32 EST"),
    (3778961656703135618, "Europe/Berlin", "RFC822", "01 Oct 89 01:34 CEST"),
    (8825935695043510850, "UTC", "Jan 02 06 03:04:05.999999 pm -07", "Sep 07 49 12:48:15.04351 am +00"),
    (1311218797523934934, "Pacific/Apia", "RFC822", "20 Jul 11 16:26 -11"),
    (
      1249860912907912048, "Africa/Casablanca", "Mon January _2 2006 3:04:05.000 PM MST",
      "Mon August 10 2009 12:35:12.907 AM +01"
    ),
    (5107028356925881720, "Europe/Berlin", "RFC1123Z", "Fri, 02 Nov 2131 03:59:16 +0100"),
    (1450734318090493776, "Pacific/Apia", "RFC822", "22 Dec 15 11:45 +14"),
    (-1474158462759505575, "Africa/Casablanca", "__2 .000000 2006_2", "105 .240494 192315"),
    (-749356613006099414, "Asia/Kolkata", "RFC1123Z", "Thu, 04 Apr 1946 02:53:06 +0530"),
    (1210227020898028639, "America/Sao_Paulo", "ANSIC", "Thu May  8 03:10:20 2008"),
    (6447151643947215607, "UTC", "RFC850", "Wednesday, 20-Apr-74 19:27:23 UTC"),
    (-3004006955010062207, "Pacific/Apia", "__2 .000000 2006_2", "295 .989937 187422"),
    (1731286079055139932, "Africa/Casablanca", "", "2024-11-11T01:47:59.055139932+01:00"),
    (2272882702163395321, "America/St_Johns", "", "2042-01-09T08:48:22.163395321-03:30"),
    (7321454216663632431, "Europe/Berlin", "RFC822", "04 Jan 02 02:16 CET"),
    (1290833391050861191, "UTC", "Mon January _2 2006 3:04:05.000 PM MST", "Sat November 27 2010 4:49:51.050 AM UTC"),
    (4861725518971213271, "Pacific/Apia", "ANSIC", "Mon Jan 24 12:18:38 2124"),
    (883902672325290085, "Pacific/Apia", "RFC850", "Saturday, 03-Jan-98 21:31:12 -11"),
    (1795593755356282475, "Asia/Tehran", "", "2026-11-25T11:32:35.356282475+03:30"),
    (-2321151697521287534, "America/Sao_Paulo", "__2 .000000 2006_2", "163 .478712 189611"),
    (
      5990150059416091044, "Asia/Tehran", "Mon January _2 2006 3:04:05.000 PM MST",
      "Sat October 27 2159 2:04:19.416 PM +0330"
    ),
    (1874286227063577867, "Australia/Sydney", "RFC1123Z", "Thu, 24 May 2029 13:03:47 +1000"),
    (
      5548749104971895601, "Pacific/Apia", "Mon January _2 2006 3:04:05.000 PM MST",
      "Mon November  1 2145 4:11:44.971 AM +13"
    ),
    (
      780923202390243725, "Australia/Sydney", "Mon January _2 2006 3:04:05.000 PM MST",
      "Fri September 30 1994 9:06:42.390 PM AEST"
    ),
    (1261535432563947657, "Pacific/Apia", "RFC1123Z", "Tue, 22 Dec 2009 15:30:32 -1100"),
    (
      -3964797808777181077, "Pacific/Apia", "Mon January _2 2006 3:04:05.000 PM MST",
      "Sun May 12 1844 3:49:35.222 PM LMT"
    ),
    (4818147650064259233, "Asia/Kolkata", "2006-002 15h Z070000", "2122-249 19h +053000"),
    (1456370716733440378, "Pacific/Apia", "2006-002 15h Z070000", "2016-056 17h +140000"),
    (-1656555664535937905, "Europe/Berlin", "RFC850", "Wednesday, 04-Jul-17 23:38:55 CEST"),
    (
      6991866103463293142, "Pacific/Apia", "Mon January _2 2006 3:04:05.000 PM MST",
      "Mon July 25 2191 10:01:43.463 PM +13"
    ),
    (1921595880365452481, "America/New_York", "__2 .000000 2006_2", "326 .365452 203022"),
  ]

  /// nanoseconds, zone, date, clock, weekday
  static let civil: [(Int64, String, [Int], [Int], String)] = [
    (1455200494606748983, "Europe/Berlin", [2016, 2, 11], [15, 21, 34], "Thursday"),
    (-39517556467872011, "Europe/Berlin", [1968, 9, 30], [15, 54, 3], "Monday"),
    (3830996856503103182, "Europe/Berlin", [2091, 5, 26], [7, 47, 36], "Saturday"),
    (1071322089253834153, "America/St_Johns", [2003, 12, 13], [9, 58, 9], "Saturday"),
    (1342348423785332397, "Africa/Casablanca", [2012, 7, 15], [11, 33, 43], "Sunday"),
    (8580729232405932079, "Asia/Kolkata", [2241, 11, 30], [5, 23, 52], "Tuesday"),
    (1631506367847413202, "America/New_York", [2021, 9, 13], [0, 12, 47], "Monday"),
    (4588838448975835887, "America/St_Johns", [2115, 6, 1], [10, 50, 48], "Saturday"),
    (-2490041509455520773, "America/St_Johns", [1891, 2, 3], [22, 17, 18], "Tuesday"),
    (1702081945583372808, "America/New_York", [2023, 12, 8], [19, 32, 25], "Friday"),
    (3778961656703135618, "Europe/Berlin", [2089, 10, 1], [1, 34, 16], "Saturday"),
    (8825935695043510850, "UTC", [2249, 9, 7], [0, 48, 15], "Friday"),
    (1311218797523934934, "Pacific/Apia", [2011, 7, 20], [16, 26, 37], "Wednesday"),
    (1249860912907912048, "Africa/Casablanca", [2009, 8, 10], [0, 35, 12], "Monday"),
    (5107028356925881720, "Europe/Berlin", [2131, 11, 2], [3, 59, 16], "Friday"),
    (1450734318090493776, "Pacific/Apia", [2015, 12, 22], [11, 45, 18], "Tuesday"),
    (-1474158462759505575, "Africa/Casablanca", [1923, 4, 15], [23, 32, 17], "Sunday"),
    (-749356613006099414, "Asia/Kolkata", [1946, 4, 4], [2, 53, 6], "Thursday"),
    (1210227020898028639, "America/Sao_Paulo", [2008, 5, 8], [3, 10, 20], "Thursday"),
    (6447151643947215607, "UTC", [2174, 4, 20], [19, 27, 23], "Wednesday"),
    (-3004006955010062207, "Pacific/Apia", [1874, 10, 22], [22, 10, 28], "Thursday"),
    (1731286079055139932, "Africa/Casablanca", [2024, 11, 11], [1, 47, 59], "Monday"),
    (2272882702163395321, "America/St_Johns", [2042, 1, 9], [8, 48, 22], "Thursday"),
    (7321454216663632431, "Europe/Berlin", [2202, 1, 4], [2, 16, 56], "Monday"),
    (1290833391050861191, "UTC", [2010, 11, 27], [4, 49, 51], "Saturday"),
    (4861725518971213271, "Pacific/Apia", [2124, 1, 24], [12, 18, 38], "Monday"),
    (883902672325290085, "Pacific/Apia", [1998, 1, 3], [21, 31, 12], "Saturday"),
    (1795593755356282475, "Asia/Tehran", [2026, 11, 25], [11, 32, 35], "Wednesday"),
    (-2321151697521287534, "America/Sao_Paulo", [1896, 6, 11], [16, 31, 54], "Thursday"),
    (5990150059416091044, "Asia/Tehran", [2159, 10, 27], [14, 4, 19], "Saturday"),
    (1874286227063577867, "Australia/Sydney", [2029, 5, 24], [13, 3, 47], "Thursday"),
    (5548749104971895601, "Pacific/Apia", [2145, 11, 1], [4, 11, 44], "Monday"),
    (780923202390243725, "Australia/Sydney", [1994, 9, 30], [21, 6, 42], "Friday"),
    (1261535432563947657, "Pacific/Apia", [2009, 12, 22], [15, 30, 32], "Tuesday"),
    (-3964797808777181077, "Pacific/Apia", [1844, 5, 12], [15, 49, 35], "Sunday"),
    (4818147650064259233, "Asia/Kolkata", [2122, 9, 6], [19, 50, 50], "Sunday"),
    (1456370716733440378, "Pacific/Apia", [2016, 2, 25], [17, 25, 16], "Thursday"),
    (-1656555664535937905, "Europe/Berlin", [1917, 7, 4], [23, 38, 55], "Wednesday"),
    (6991866103463293142, "Pacific/Apia", [2191, 7, 25], [22, 1, 43], "Monday"),
    (1921595880365452481, "America/New_York", [2030, 11, 22], [11, 38, 0], "Friday"),
    (-106955894425101299, "Europe/Berlin", [1966, 8, 12], [3, 1, 45], "Friday"),
    (2013441309159767821, "America/Sao_Paulo", [2033, 10, 20], [14, 15, 9], "Thursday"),
    (1763781479393790413, "America/St_Johns", [2025, 11, 21], [23, 47, 59], "Friday"),
    (5417930179256551193, "Europe/Berlin", [2141, 9, 8], [14, 36, 19], "Friday"),
    (-1236631889590718650, "Asia/Kolkata", [1930, 10, 25], [8, 38, 30], "Saturday"),
    (1375831826466288074, "Asia/Tehran", [2013, 8, 7], [4, 0, 26], "Wednesday"),
    (-471024692651797767, "America/Sao_Paulo", [1955, 1, 28], [4, 48, 27], "Friday"),
    (4176489675875741877, "UTC", [2102, 5, 8], [0, 1, 15], "Monday"),
    (1585864155644096259, "Asia/Tehran", [2020, 4, 3], [2, 19, 15], "Friday"),
    (6321207888319321605, "Australia/Sydney", [2170, 4, 24], [13, 4, 48], "Tuesday"),
    (-2661760735501873836, "Australia/Sydney", [1885, 8, 27], [0, 5, 56], "Thursday"),
    (1178064833418431986, "UTC", [2007, 5, 2], [0, 13, 53], "Wednesday"),
    (-2263691966795001982, "Africa/Casablanca", [1898, 4, 7], [20, 10, 13], "Thursday"),
    (1421914526286274689, "Europe/Berlin", [2015, 1, 22], [9, 15, 26], "Thursday"),
    (2115056673987258298, "Asia/Tehran", [2037, 1, 8], [23, 14, 33], "Thursday"),
    (-2449343344849791503, "America/Sao_Paulo", [1892, 5, 19], [23, 44, 27], "Thursday"),
    (1486825922228186195, "America/Sao_Paulo", [2017, 2, 11], [13, 12, 2], "Saturday"),
    (2032980133786062542, "America/New_York", [2034, 6, 3], [16, 42, 13], "Saturday"),
    (7703343250932700532, "America/New_York", [2214, 2, 9], [20, 34, 10], "Wednesday"),
  ]

  /// nanoseconds, years, months, days, result
  static let added: [(Int64, Int64, Int64, Int64, Int64?)] = [
    (1455200494606748983, 22, 14, -304, 2159878894606748983),
    (-39517556467872011, -3, 6, -329, -146999156467872011),
    (3830996856503103182, 30, -6, 245, 4783211256503103182),
    (1071322089253834153, -27, -6, -353, 173021289253834153),
    (1342348423785332397, 4, -13, 184, 1450262023785332397),
    (8580729232405932079, 7, 16, 254, 8865503632405932079),
    (1631506367847413202, 9, -7, 108, 1906517567847413202),
    (4588838448975835887, -7, -1, -146, 4352707248975835887),
    (-2490041509455520773, 3, 11, -49, -2370723109455520773),
    (1702081945583372808, 2, 6, -232, 1760920345583372808),
    (3778961656703135618, 18, 15, 186, 4402424056703135618),
    (8825935695043510850, 7, 9, -330, 9041935695043510850),
    (1311218797523934934, -27, -1, 262, 479273197523934934),
    (1249860912907912048, -29, 9, -37, 355102512907912048),
    (5107028356925881720, 19, -2, -268, 5678218756925881720),
    (1450734318090493776, -20, 8, 11, 841614318090493776),
    (-1474158462759505575, -13, 6, -33, -1871425662759505575),
    (-749356613006099414, 12, -6, -388, -419913413006099414),
    (1210227020898028639, -30, -11, 29, 237103820898028639),
    (6447151643947215607, 14, 12, 232, 6940582043947215607),
    (-3004006955010062207, -5, 5, 8, -3148035755010062207),
    (1731286079055139932, -18, -16, -187, 1104886079055139932),
    (2272882702163395321, -24, -20, 180, 1478348302163395321),
    (7321454216663632431, 25, -7, 228, 8111582216663632431),
    (1290833391050861191, 0, -13, -282, 1232254191050861191),
    (4861725518971213271, -25, -11, -296, 4018461518971213271),
    (883902672325290085, 3, -19, -190, 912069072325290085),
    (1795593755356282475, 18, 13, -95, 2389593755356282475),
    (-2321151697521287534, -7, -10, -36, -2571452497521287534),
    (5990150059416091044, 10, -6, 227, 6309570859416091044),
    (1874286227063577867, 22, 5, 357, 2612574227063577867),
    (5548749104971895601, 16, -19, -372, 5971504304971895601),
    (780923202390243725, -2, 2, -27, 720788802390243725),
    (1261535432563947657, -9, -7, 94, 967170632563947657),
    (-3964797808777181077, 21, -15, 276, -3317575408777181077),
    (4818147650064259233, 20, 20, -60, 5496646850064259233),
    (1456370716733440378, 17, -15, 342, 1982892316733440378),
    (-1656555664535937905, 7, 9, 271, -1388542864535937905),
    (6991866103463293142, -21, 15, 161, 6382573303463293142),
    (1921595880365452481, 17, -12, 44, 2430319080365452481),
  ]

  static let parsed: [(String, String, Int64?)] = [
    ("RFC3339", "2024-02-29T12:00:00Z", 1709208000000000000),
    ("RFC3339", "2023-02-29T12:00:00Z", nil),
    ("RFC3339", "2024-02-29T24:00:00Z", nil),
    ("RFC3339", "2024-01-01T00:00:00.123456789+05:30", 1704047400123456789),
    ("RFC3339", "2024-01-01t00:00:00Z", nil),
    ("RFC822", "02 Jan 06 15:04 MST", 1136214240000000000),
    ("RFC850", "Sunday, 06-Nov-94 08:49:37 GMT", 784111777000000000),
    ("RFC1123", "Sun, 06 Nov 1994 08:49:37 GMT", 784111777000000000),
    ("ANSIC", "Sun Nov  6 08:49:37 1994", 784111777000000000),
    ("2006-01-02", "2024-13-01", nil),
    ("2006-01-02 3:04 PM", "2024-12-01 12:30 AM", 1733013000000000000),
    ("2006-01-02 3:04 PM", "2024-12-01 12:30 PM", 1733056200000000000),
    ("2006-002", "2024-366", 1735603200000000000),
    ("2006-002", "2023-366", nil),
    ("15:04:05", "08:09:10,5", nil),
    ("2006 Jan 2 MST", "2024 mar 3 GMT+3", 1709424000000000000),
    ("2006-01-02", "2024-01-02x", nil),
    ("2006-01-02", "2024-1-2", nil),
    ("RFC3339", "9999-01-01T00:00:00Z", nil),
    ("2006-01-02T15:04:05Z0700", "2024-01-01T00:00:00-0330", 1704079800000000000),
    ("Jan 2 2006", "February 2 2006", nil),
    ("January 2 2006", "february 2 2006", 1138838400000000000),
    ("06-1-2", "69-1-2", -31449600000000000),
    ("06-1-2", "68-1-2", 3092688000000000000),
  ]

  static let durations: [(String, Int64?)] = [
    ("1h30m", 5400000000000),
    ("-1.5s", -1500000000),
    ("100ms", 100000000),
    ("0", 0),
    ("+0", 0),
    ("1", nil),
    (".5h", 1800000000000),
    ("1.h", 3600000000000),
    (".h", nil),
    ("9223372036854775807ns", 9223372036854775807),
    ("9223372036854775808ns", nil),
    ("-9223372036854775808ns", -9223372036854775808),
    ("1µs", 1000),
    ("3000000h", nil),
    ("1d", 86400000000000),
    ("", nil),
  ]

  private static func zone(_ name: String) throws -> ZoneInfo {
    if name == "UTC" { return .utc }
    let file = try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)"))
    return try #require(ZoneInfo(tzif: Array(file)))
  }

  private static func call(_ name: String, _ operands: [Value]) throws(BuiltinError) -> Value {
    guard let function = BuiltinTable.all[name]?.function else { throw .failed("no builtin \(name)") }
    let context = StillContext()
    let result: Result<Value, BuiltinError> = operands.withUnsafeBufferPointer { operands in
      do throws(BuiltinError) { return .success(try function(operands, context)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  @Test(arguments: formatted) func formats(_ nanoseconds: Int64, _ zone: String, _ layout: String, _ expected: String)
    throws
  {
    let time = CivilTime(nanoseconds: nanoseconds, in: try Self.zone(zone))
    #expect(TimeLayout(Text(layout.isEmpty ? "RFC3339Nano" : layout)).format(time).string == expected)
  }

  @Test func tellsDateAndClock() throws {
    for (nanoseconds, zone, date, clock, weekday) in Self.civil {
      let time = CivilTime(nanoseconds: nanoseconds, in: try Self.zone(zone))
      #expect([time.date.year, time.date.month, time.date.day] == date, "\(nanoseconds) \(zone)")
      #expect([time.hour, time.minute, time.second] == clock, "\(nanoseconds) \(zone)")
      #expect(CivilDate.weekdays[time.weekday] == weekday)
    }
  }

  @Test func addsDates() {
    for (nanoseconds, years, months, days, expected) in Self.added {
      let operands: [Value] = [.integer(nanoseconds), .integer(years), .integer(months), .integer(days)]
      let result = try? Self.call("time.add_date", operands)
      #expect(result == expected.map { .integer($0) }, "\(nanoseconds) \(years) \(months) \(days)")
    }
  }

  @Test(arguments: parsed) func parses(_ layout: String, _ text: String, _ expected: Int64?) {
    let result = try? Self.call("time.parse_ns", [.string(Text(layout)), .string(Text(text))])
    #expect(result == expected.map { .integer($0) })
  }

  @Test(arguments: durations) func parsesDurations(_ text: String, _ expected: Int64?) {
    let result = try? Self.call("time.parse_duration_ns", [.string(Text(text))])
    #expect(result == expected.map { .integer($0) })
  }
}

/// A context for builtins that ask nothing of it.
private final class StillContext: BuiltinContext {
  let nowNanoseconds: Int64 = 0
  let cache = BuiltinCache()
  var input: Value { .undefined }
  func randomBytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 7, count: count) }
  func memoized(_ builtin: StaticString, _ key: Value) -> Value? { nil }
  func memoize(_ builtin: StaticString, _ key: Value, _ value: Value) {}
  func charge(instructions: Int, bytes: Int) throws(BuiltinError) {}
  func note(_ line: String) {}
}

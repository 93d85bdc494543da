import HTTPWire

/// Dates in HTTP headers (RFC 9110 section 5.6.7). Times are whole seconds since 1970, UTC.
public enum HTTPDate {
  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `Sun, 06 Nov 1994 08:49:37 GMT`
  public static func format(seconds: Int64) -> [UInt8] {
    let time = CivilTime(seconds: seconds)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(29)
    bytes.append(contentsOf: weekdays[time.weekday].utf8)
    bytes.append(contentsOf: ", ".utf8)
    ISO8601.append(time.day, digits: 2, to: &bytes)
    bytes.append(0x20)
    bytes.append(contentsOf: months[Int(time.month) - 1].utf8)
    bytes.append(0x20)
    ISO8601.append(time.year, digits: 4, to: &bytes)
    bytes.append(0x20)
    ISO8601.appendTime(time, to: &bytes)
    bytes.append(contentsOf: " GMT".utf8)
    return bytes
  }

  /// Reads the three forms that recipients must accept: IMF-fixdate, RFC 850 and asctime; nil for anything else.
  ///
  /// The weekday is not checked against the date: clients that get it wrong mean the date.
  /// - Parameter nowSeconds: the present, to which two-digit years are relative.
  public static func parse(_ bytes: some Collection<UInt8>, nowSeconds: Int64) -> Int64? {
    guard (24...40).contains(bytes.count) else { return nil }
    let text = Array(bytes)
    let words = text.split(separator: 0x20).map { Array($0) }
    switch words.count {
    // Sun, 06 Nov 1994 08:49:37 GMT
    case 6 where words[5].elementsEqual("GMT".utf8) || words[5].elementsEqual("UTC".utf8):
      guard isWeekday(words[0], comma: true) else { return nil }
      return seconds(day: words[1], month: words[2], year: words[3], time: words[4], nowSeconds)
    // Sunday, 06-Nov-94 08:49:37 GMT
    case 4 where words[3].elementsEqual("GMT".utf8):
      let date = words[1].split(separator: 0x2D).map { Array($0) }
      guard date.count == 3, date[2].count == 2, words[0].last == 0x2C else { return nil }
      return seconds(day: date[0], month: date[1], year: date[2], time: words[2], nowSeconds)
    // Sun Nov  6 08:49:37 1994
    case 5:
      guard isWeekday(words[0], comma: false) else { return nil }
      return seconds(day: words[2], month: words[1], year: words[4], time: words[3], nowSeconds)
    default: return nil
    }
  }

  private static func isWeekday(_ word: [UInt8], comma: Bool) -> Bool {
    if comma { return word.last == 0x2C && weekdays.contains { $0.utf8.elementsEqual(word.dropLast()) } }
    return weekdays.contains { $0.utf8.elementsEqual(word) }
  }

  private static func seconds(
    day: [UInt8], month: [UInt8], year: [UInt8], time: [UInt8], _ nowSeconds: Int64
  ) -> Int64? {
    guard let monthIndex = months.firstIndex(where: { $0.utf8.elementsEqual(month) }),
      (1...2).contains(day.count), let day = DecimalInteger.parse(day),
      year.count == 4 || year.count == 2, var fullYear = DecimalInteger.parse(year),
      let (hour, minute, second) = ISO8601.time(time)
    else { return nil }
    if year.count == 2 {
      // More than 50 years ahead means the past century.
      let thisYear = CivilTime(seconds: nowSeconds).year
      fullYear += thisYear / 100 * 100
      if fullYear > thisYear + 50 { fullYear -= 100 }
    }
    return CivilTime(
      year: fullYear, month: Int64(monthIndex) + 1, day: day, hour: hour, minute: minute, second: second)?.seconds
  }
}

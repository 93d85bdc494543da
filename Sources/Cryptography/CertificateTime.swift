/// A moment of a certificate's validity, UTC, to the second.
public struct CertificateTime: Equatable, Sendable {
  /// Since 1970-01-01T00:00:00Z.
  public let unixSeconds: Int
  /// RFC 3339, as `2031-06-29T17:41:53Z`.
  public let text: String

  init(_ value: DERReader.Value) throws(DERReader.Malformed) {
    let yearCount: Int
    switch value.tag {
    case DERReader.Tag.utcTime: yearCount = 2
    case DERReader.Tag.generalizedTime: yearCount = 4
    default: throw DERReader.Malformed()
    }
    let digits = Array(value.content)
    // RFC 5280 section 4.1.2.5: with seconds, without fractions, always Z.
    guard digits.count == yearCount + 11, digits.last == UInt8(ascii: "Z"),
      digits.dropLast().allSatisfy({ (0x30...0x39).contains($0) })
    else { throw DERReader.Malformed() }
    func number(_ start: Int, _ count: Int) -> Int {
      digits[start..<(start + count)].reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
    var year = number(0, yearCount)
    if yearCount == 2 { year += year >= 50 ? 1900 : 2000 }
    let month = number(yearCount, 2)
    let day = number(yearCount + 2, 2)
    let hour = number(yearCount + 4, 2)
    let minute = number(yearCount + 6, 2)
    let second = number(yearCount + 8, 2)
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), (1...lengths[month - 1]).contains(day), hour < 24, minute < 60, second < 60 else {
      throw DERReader.Malformed()
    }
    // Days since 1970 in the Gregorian calendar, counting years from March.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    unixSeconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    func padded(_ number: Int, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
    text =
      padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T" + padded(hour, 2) + ":"
      + padded(minute, 2) + ":" + padded(second, 2) + "Z"
  }
}

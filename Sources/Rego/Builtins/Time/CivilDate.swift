/// A day of the proleptic Gregorian calendar.
struct CivilDate: Equatable, Sendable {
  var year: Int
  /// 1 to 12.
  var month: Int
  /// 1 to 31.
  var day: Int

  init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  init(daysSince1970 days: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Months and days beyond their range run over into the next.
  var daysSince1970: Int {
    var (year, month) = (year + (month - 1) / 12, (month - 1) % 12 + 1)
    if month < 1 {
      month += 12
      year -= 1
    }
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468 + day - 1
  }

  static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  static func dayCount(_ year: Int, _ month: Int) -> Int {
    month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// 0 is Sunday.
  static func weekday(_ daysSince1970: Int) -> Int { ((daysSince1970 + 4) % 7 + 7) % 7 }

  static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
}

/// A point in time as a clock on the wall of a time zone shows it.
struct CivilTime: Sendable {
  var date: CivilDate
  var hour, minute, second: Int
  var nanosecond: Int
  /// Seconds east of UTC.
  var offset: Int
  var zone: Text
  private let localDays: Int

  init(nanoseconds: Int64, in timeZone: ZoneInfo) {
    let (seconds, fraction) = Self.floorDivide(nanoseconds, 1_000_000_000)
    let kind = timeZone.kind(at: seconds)
    let (days, ofDay) = Self.floorDivide(seconds + Int64(kind.offset), 86_400)
    date = CivilDate(daysSince1970: Int(days))
    localDays = Int(days)
    hour = Int(ofDay / 3600)
    minute = Int(ofDay / 60 % 60)
    second = Int(ofDay % 60)
    nanosecond = Int(fraction)
    offset = kind.offset
    zone = kind.abbreviation
  }

  /// 0 is Sunday.
  var weekday: Int { CivilDate.weekday(localDays) }

  /// From 1.
  var dayOfYear: Int { localDays - CivilDate(year: date.year, month: 1, day: 1).daysSince1970 + 1 }

  static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

/// Numbers for people.
enum Decimal {
  /// Rounded, with exactly so many places.
  static func text(_ value: Double, places: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = Int64((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && scaled != 0 ? "-" : ""
    if places == 0 { return sign + "\(scaled)" }
    let fraction = String(scaled % Int64(scale))
    return sign + "\(scaled / Int64(scale))." + String(repeating: "0", count: places - fraction.count) + fraction
  }

  /// With a comma after each three digits.
  static func grouped(_ value: Int64) -> String {
    var text = ""
    for (position, digit) in String(value.magnitude).reversed().enumerated() {
      if position > 0, position % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + String(text.reversed())
  }
}

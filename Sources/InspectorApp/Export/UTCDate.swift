/// A moment as a person reads it.
enum UTCDate {
  private static let day: Int64 = 86_400

  /// Seconds since 1970 as `2026-11-25 22:06:00 UTC`.
  static func text(_ seconds: Int64) -> String {
    let (days, rest) = (floor(seconds, day), seconds - floor(seconds, day) * day)
    let date = date(daysSince1970: days)
    let time = [rest / 3600, rest / 60 % 60, rest % 60].map(padded).joined(separator: ":")
    return "\(date.year)-\(padded(date.month))-\(padded(date.day)) \(time) UTC"
  }

  /// The Gregorian calendar repeats after 400 years, and a year that begins in March has its
  /// leap day at its end.
  private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = floor(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let year = yearOfEra + era * 400
    return month < 10
      ? (year, month + 3, dayOfYear - (153 * month + 2) / 5 + 1)
      : (year + 1, month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
  }

  private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
    value / divisor - (value % divisor < 0 ? 1 : 0)
  }

  private static func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

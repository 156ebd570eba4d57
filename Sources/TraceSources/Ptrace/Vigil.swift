import CLinux

/// How the tracer waits for the next stop while stops are frequent, and for how long.
///
/// Awake, by asking again and again, it need not be woken up, which takes long where another CPU
/// must be roused for it. Asleep it leaves its CPU to the program: where all are busy, nobody else
/// can go on while it asks. Which of the two is better depends on the machine and changes with
/// what else it does, so both are tried in turn, and the faster one is used.
struct Vigil {
  enum Manner {
    case awake, asleep

    var other: Manner { self == .awake ? .asleep : .awake }
  }

  /// Looks that may find nothing in a row, before the tracer turns to other things: many while
  /// looking has paid lately, hardly any while it has not.
  private(set) var rounds = 1
  private var manner = Manner.awake
  /// Whether to wait asleep: not for what hardly ever comes.
  var sleeps: Bool { manner == .asleep && rounds > 1 }
  /// As many as half the time of a full vigil is worth.
  var looksInTick: Int { max(1, rounds / 2) }

  private var stretch: Stretch?
  /// What a report took, in the stretch before a trial of the other manner.
  private var usual: Double?
  /// Microseconds until the other manner is tried.
  private var period = Self.shortestPeriod

  private static let longest = 1600
  private static let trialReports = 32
  /// The part of the usual time that the other manner must keep to in order to win.
  private static let gain = 0.9
  private static let shortestPeriod: Int64 = 20_000
  private static let longestPeriod: Int64 = 400_000

  /// Reports that came one soon after the other in one manner.
  private struct Stretch {
    let began: Int64
    var reports = 0

    func timeOfReport(at now: Int64) -> Double { Double(now - began) / Double(reports) }
  }

  /// A report came after so many `looks` that found nothing, and was dealt with by `now`,
  /// in microseconds.
  mutating func succeeded(after looks: Int, at now: Int64) {
    rounds = looks > 0 ? Self.longest : max(rounds, 50)
    guard stretch != nil else {
      stretch = Stretch(began: now)
      return
    }
    stretch?.reports += 1
    compare(at: now)
  }

  /// No report came. How long the program went on without a stop says nothing about the manner.
  mutating func failed() {
    rounds = max(1, rounds / 4)
    if usual != nil { changeManner() }
    (stretch, usual) = (nil, nil)
  }

  private mutating func compare(at now: Int64) {
    guard let stretch else { return }
    if let usual {
      // A trial ends as soon as it is lost.
      if Double(now - stretch.began) > usual * Self.gain * Double(Self.trialReports) {
        changeManner()
        period = min(2 * period, Self.longestPeriod)
      } else if stretch.reports < Self.trialReports {
        return
      } else {
        period = Self.shortestPeriod
      }
      (self.stretch, self.usual) = (Stretch(began: now), nil)
    } else if now - stretch.began >= period, stretch.reports >= Self.trialReports {
      usual = stretch.timeOfReport(at: now)
      changeManner()
      self.stretch = Stretch(began: now)
    }
  }

  private mutating func changeManner() { manner = manner.other }
}

/// Interrupts the sleep of the calling thread now and again while it runs, so that the tracer can
/// sleep in wait(2) and still hear of all else.
final class Ticks {
  private let timer: Int32
  private var isRunning = false

  private static let microseconds: Int32 = 2000

  init() { timer = clinux_ticks_make() }

  deinit { if timer >= 0 { clinux_ticks_remove(timer) } }

  /// Lets it run; false when there is no timer to be had (timer_create(2)).
  func start() -> Bool {
    guard timer >= 0 else { return false }
    if !isRunning { clinux_ticks_set(timer, Self.microseconds) }
    isRunning = true
    return true
  }

  func stop() {
    if isRunning { clinux_ticks_set(timer, 0) }
    isRunning = false
  }
}

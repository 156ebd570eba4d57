import Testing

@testable import TraceSources

@Suite("How the tracer waits for the next stop") struct VigilTests {
  /// How many of many reports are waited for asleep, where one takes so many microseconds.
  private func sleeps(awake: Int64, asleep: Int64) -> Double {
    var vigil = Vigil()
    var now: Int64 = 0
    var slept = 0
    for _ in 0..<20_000 {
      if vigil.sleeps { slept += 1 }
      now += vigil.sleeps ? asleep : awake
      vigil.succeeded(after: 1, at: now)
    }
    return Double(slept) / 20_000
  }

  @Test("It waits in the way in which a report takes less time, and tries the other now and then")
  func findsTheFasterWay() {
    let whereWakingTakesLong = sleeps(awake: 40, asleep: 90)
    #expect(whereWakingTakesLong > 0 && whereWakingTakesLong < 0.05)
    let whereLookingStandsInTheWay = sleeps(awake: 300, asleep: 20)
    #expect(whereLookingStandsInTheWay > 0.95 && whereLookingStandsInTheWay < 1)
  }

  @Test("A trial that takes too long ends at once")
  func endsTrial() {
    #expect(sleeps(awake: 20, asleep: 100_000) < 0.01)
  }

  @Test("What does not pay is given up, and a pause counts neither for nor against a way")
  func gives() {
    var vigil = Vigil()
    var now: Int64 = 0
    while !vigil.sleeps {
      now += 50
      vigil.succeeded(after: 1, at: now)
    }
    vigil.failed()
    #expect(!vigil.sleeps)
    for _ in 0..<8 { vigil.failed() }
    #expect(vigil.rounds == 1)
  }
}

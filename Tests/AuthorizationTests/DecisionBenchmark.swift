import Authorization
import Foundation
import GatewayTesting
import IAMPolicy
import S3Model
import Testing

/// Time per decision; runs with `MARTLET_BENCH=1`, in a release build to mean anything.
@Suite struct DecisionBenchmark {
  private static let isOn = ProcessInfo.processInfo.environment["MARTLET_BENCH"] == "1"

  private static let homes =
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::homes/home/${aws:username}/*"}]}"#
  private static let guarded =
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":["arn:aws:s3:::reports","arn:aws:s3:::reports/*"]}]}"#

  private func snapshot(users: Int) throws -> AuthorizationSnapshot {
    var builder = try AuthorizationSnapshotBuilder(account: Fixture.account)
    try builder.add(policy: Fixture.document("data", Fixture.allow("s3:GetObject", "arn:aws:s3:::data/*")))
    try builder.add(policy: Fixture.document("homes", Self.homes))
    try builder.add(policy: Fixture.document("guarded", Self.guarded))
    for index in 0..<users {
      try builder.add(
        user: "user\(index)", uniqueID: ByteString("AIDA\(index)"), policies: ["homes", "guarded", "data"])
    }
    return builder.snapshot
  }

  /// Nanoseconds per decision, the best of five runs.
  private func measure(_ snapshot: AuthorizationSnapshot, _ access: Access) throws -> Double {
    let caller = try #require(snapshot.user(id: "AIDA0"))
    let context = TestContext(["aws:SecureTransport": .boolean(true)])
    var best = Double.infinity
    for _ in 0..<5 {
      let count = 200_000
      var allowed = 0
      let start = ContinuousClock.now
      for _ in 0..<count
      where Authorizer.decide(access, caller, snapshot, at: Fixture.now, context).isAllowed {
        allowed += 1
      }
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      best = min(best, (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(count))
      #expect(allowed == count)
    }
    return best
  }

  @Test(.enabled(if: isOn)) func getObjectWithThreePolicies() throws {
    for users in [1, 100_000] {
      let snapshot = try snapshot(users: users)
      let plain = try measure(snapshot, Access(.getObject, bucket: "data", key: "2024/05/31/report.parquet"))
      let variable = try measure(snapshot, Access(.getObject, bucket: "homes", key: "home/user0/report.parquet"))
      print("bench: \(users) users: literal prefix \(Int(plain)) ns, with a variable \(Int(variable)) ns")
    }
  }
}

import Foundation
import S3Model
import Testing

@testable import Telemetry

/// Prometheus' own checker, where Debian's package `prometheus` is installed.
@Suite struct PromtoolTests {
  private static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/promtool" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test(.enabled(if: path != nil, "promtool is not installed")) func acceptsThePage() throws {
    let metrics = LoopMetrics()
    metrics.requestStarted()
    metrics.requestEnded(.s3(.getObject), status: 200, bytesIn: 1, bytesOut: 2, microseconds: 300)
    metrics.upstreamFailed("a\"b", .timedOut)
    metrics.upstreamResponded("ceph", microseconds: 3)
    let page = MetricsPage.render(metrics.sample, ProcessSample.current())

    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.path))
    process.arguments = ["check", "metrics"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(page))
    try input.fileHandleForWriting.close()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
  }
}

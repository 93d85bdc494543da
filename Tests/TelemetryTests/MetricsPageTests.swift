import S3Model
import Testing

@testable import Telemetry

@Suite struct MetricsPageTests {
  private func page(_ sample: MetricsSample, _ process: ProcessSample = ProcessSample()) -> String {
    String(decoding: MetricsPage.render(sample, process), as: UTF8.self)
  }

  private func busy() -> MetricsSample {
    let metrics = LoopMetrics()
    for _ in 0..<3 { metrics.connectionOpened() }
    metrics.connectionClosed()
    metrics.connectionRefused()
    metrics.handshakeSucceeded()
    metrics.handshakeSucceeded()
    metrics.handshakeFailed()
    for _ in 0..<6 { metrics.requestStarted() }
    metrics.requestEnded(.s3(.getObject), status: 200, bytesIn: 0, bytesOut: 1024, microseconds: 250)
    metrics.requestEnded(.s3(.getObject), status: 206, bytesIn: 0, bytesOut: 100, microseconds: 251)
    metrics.requestEnded(.s3(.putObject), status: 403, bytesIn: 7, bytesOut: 0, microseconds: 61_000_000)
    metrics.requestEnded(.sts(.assumeRole), status: 503, bytesIn: 5, bytesOut: 6, microseconds: 1_500_000)
    metrics.requestEnded(.unknown, status: 0, bytesIn: 0, bytesOut: 0, microseconds: 1)
    metrics.requestRefused(.explicitDeny)
    metrics.requestRefused(.badSignature)
    metrics.requestRefused(.badSignature)
    metrics.upstreamFailed("ceph", .timedOut)
    metrics.upstreamResponded("ceph", microseconds: 900)
    metrics.upstreamResponded("local", microseconds: 3)
    return metrics.sample
  }

  @Test func saysWhatWasCounted() {
    let checker = ExpositionChecker(page(busy()))
    #expect(checker.faults.isEmpty)
    let expected: [(String, Double)] = [
      (#"martlet_requests_total{service="s3",operation="GetObject",status="2xx"}"#, 2),
      (#"martlet_requests_total{service="s3",operation="PutObject",status="4xx"}"#, 1),
      (#"martlet_requests_total{service="sts",operation="AssumeRole",status="5xx"}"#, 1),
      (#"martlet_requests_total{service="unknown",operation="unknown",status="none"}"#, 1),
      ("martlet_requests_in_flight", 1),
      (#"martlet_requests_refused_total{reason="explicit_deny"}"#, 1),
      (#"martlet_requests_refused_total{reason="bad_signature"}"#, 2),
      (#"martlet_requests_refused_total{reason="audit_full"}"#, 0),
      (#"martlet_request_body_bytes_total{service="s3"}"#, 7),
      (#"martlet_response_body_bytes_total{service="s3"}"#, 1124),
      (#"martlet_request_duration_seconds_bucket{service="s3",le="0.00025"}"#, 1),
      (#"martlet_request_duration_seconds_bucket{service="s3",le="0.0005"}"#, 2),
      (#"martlet_request_duration_seconds_bucket{service="s3",le="60"}"#, 2),
      (#"martlet_request_duration_seconds_bucket{service="s3",le="+Inf"}"#, 3),
      (#"martlet_request_duration_seconds_sum{service="s3"}"#, 61.000501),
      (#"martlet_request_duration_seconds_sum{service="sts"}"#, 1.5),
      (#"martlet_request_duration_seconds_count{service="iam"}"#, 0),
      ("martlet_connections_total", 3), ("martlet_connections", 2), ("martlet_connections_refused_total", 1),
      (#"martlet_tls_handshakes_total{result="ok"}"#, 2), (#"martlet_tls_handshakes_total{result="failed"}"#, 1),
      (#"martlet_upstream_errors_total{backend="ceph",error="timed_out"}"#, 1),
      (#"martlet_upstream_duration_seconds_count{backend="local"}"#, 1),
    ]
    for (series, value) in expected { #expect(checker.samples[series] == value, "\(series)") }
  }

  @Test func samplesAddUp() {
    var sum = busy()
    sum.add(busy())
    let single = ExpositionChecker(page(busy()))
    let double = ExpositionChecker(page(sum))
    #expect(double.faults.isEmpty)
    #expect(single.samples.count == double.samples.count)
    for (series, value) in single.samples where !series.hasPrefix("process_") && !series.hasPrefix("martlet_build") {
      // Sums of seconds are exact decimals, but their doubles are not.
      #expect(abs((double.samples[series] ?? -1) - 2 * value) < 1e-6, "\(series)")
    }
  }

  @Test func anEmptyPageIsValid() {
    let checker = ExpositionChecker(page(MetricsSample()))
    #expect(checker.faults.isEmpty)
    #expect(checker.samples["martlet_requests_in_flight"] == 0)
  }

  @Test func everyLabelHasOneName() {
    #expect(Set(OperationLabel.all.map(\.index)) == Set(0..<OperationLabel.count))
    let names = OperationLabel.all.map { "\($0.service.name) \($0.name)" }
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { !$0.contains(":") })
    #expect(Set(RefusalLabel.allCases.map { "\($0.name)" }).count == RefusalLabel.allCases.count)
    #expect(Set(UpstreamErrorLabel.allCases.map { "\($0.name)" }).count == UpstreamErrorLabel.allCases.count)
  }

  @Test func labelsAreEscaped() {
    let metrics = LoopMetrics()
    metrics.upstreamFailed("a\"b\\c\nd", .brokeOff)
    let text = page(metrics.sample)
    #expect(text.contains(#"{backend="a\"b\\c\nd",error="broke_off"}"#))
    #expect(ExpositionChecker(text).faults.isEmpty)
  }

  @Test func theProcessIsMeasured() {
    var sample = ProcessSample.current()
    #expect(sample.cpuSeconds > 0)
    #expect(sample.residentBytes > 1 << 20)
    #expect(sample.openDescriptors >= 3)
    #expect(sample.maxDescriptors >= sample.openDescriptors)
    #expect(sample.startSeconds > 1_600_000_000)
    sample.version = "1.2.3"
    sample.auditLinesDropped = 4
    let checker = ExpositionChecker(page(MetricsSample(), sample))
    #expect(checker.faults.isEmpty)
    #expect(checker.samples[#"martlet_build_info{version="1.2.3"}"#] == 1)
    #expect(checker.samples["martlet_audit_lines_dropped_total"] == 4)
  }

  /// The checker finds what it is there for.
  @Test(arguments: [
    "x_total 1\n", "# HELP x_total h\n# TYPE x_total gauge\nx_total 1\n", "# HELP x h\n# TYPE x gauge\nx 1\nx 2\n",
    "# HELP x h\n# TYPE x gauge\nx{a=\"b} 1\n", "# HELP x h\n# TYPE x gauge\ny 1\n", "# HELP x h\n# TYPE x gauge\nx",
    "# HELP x h\n# TYPE x gauge\nx NaN\n",
    "# HELP x h\n# TYPE x histogram\nx_bucket{a=\"b\",le=\"1\"} 3\nx_bucket{a=\"b\",le=\"+Inf\"} 2\nx_sum{a=\"b\"} 1\n"
      + "x_count{a=\"b\"} 2\n",
  ])
  func theCheckerFinds(text: String) {
    #expect(!ExpositionChecker(text).faults.isEmpty)
  }
}

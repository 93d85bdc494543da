/// The answer to `GET /metrics`.
public enum MetricsPage {
  /// The value of its Content-Type.
  public static var contentType: StaticString { PrometheusText.contentType }

  /// All metrics as Prometheus text. Series that have never counted anything are left out where there are many.
  public static func render(_ sample: MetricsSample, _ process: ProcessSample) -> [UInt8] {
    var page = PrometheusText()
    requests(sample, &page)
    connections(sample, &page)
    upstream(sample, &page)
    policyServer(sample, &page)
    gateway(process, &page)
    system(process, &page)
    if let store = process.identityStore { identityStore(store, &page) }
    return Array(page.text.utf8)
  }

  private static func requests(_ sample: MetricsSample, _ page: inout PrometheusText) {
    let classes = ["1xx", "2xx", "3xx", "4xx", "5xx", "none"]
    page.begin("martlet_requests_total", .counter, "Requests that ended, by operation and class of status.")
    for operation in OperationLabel.all {
      for (index, name) in classes.enumerated() {
        let count = sample.requests[operation.index * MetricsSample.statusClasses + index]
        guard count > 0 else { continue }
        page.sample(
          count, ("service", "\(operation.service.name)"), ("operation", operation.name), ("status", name))
      }
    }
    page.begin("martlet_requests_in_flight", .gauge, "Requests being served.")
    page.sample(sample.requestsStarted &- min(sample.requestsEnded, sample.requestsStarted))
    page.begin("martlet_requests_refused_total", .counter, "Requests refused by the gateway, by reason.")
    for reason in RefusalLabel.allCases {
      page.sample(sample.refusals[Int(reason.rawValue)], ("reason", "\(reason.name)"))
    }
    page.begin("martlet_request_body_bytes_total", .counter, "Body bytes received from clients.")
    for service in ServiceLabel.allCases {
      page.sample(sample.bytesIn[Int(service.rawValue)], ("service", "\(service.name)"))
    }
    page.begin("martlet_response_body_bytes_total", .counter, "Body bytes sent to clients.")
    for service in ServiceLabel.allCases {
      page.sample(sample.bytesOut[Int(service.rawValue)], ("service", "\(service.name)"))
    }
    page.begin(
      "martlet_request_duration_seconds", .histogram,
      "Time from the first byte of a request to the last of its response.")
    for service in ServiceLabel.allCases {
      page.histogram(sample.durations[Int(service.rawValue)], ("service", "\(service.name)"))
    }
  }

  private static func identityStore(_ store: IdentityStoreSample, _ page: inout PrometheusText) {
    let label: (name: StaticString, value: String) = ("store", store.name)
    page.begin("martlet_identity_store_up", .gauge, "Whether changes in the identity store are heard of.")
    page.sample(UInt64(store.isUp ? 1 : 0), label)
    page.begin("martlet_identity_store_lost_seconds", .gauge, "Since when the identity store is lost.")
    page.sample(store.lostSeconds, label)
    page.begin("martlet_identity_store_revision", .gauge, "Newest revision that this node has heard of.")
    page.sample(UInt64(clamping: store.revision), label)
    page.begin("martlet_identity_store_commits_total", .counter, "Changes of identities made by this node.")
    page.sample(store.commits, label)
    page.begin(
      "martlet_identity_store_conflicts_total", .counter, "Changes decided anew because others were faster.")
    page.sample(store.conflicts, label)
    page.begin("martlet_identity_store_failures_total", .counter, "Changes that the store did not take.")
    page.sample(store.failures, label)
    page.begin("martlet_identity_store_reloads_total", .counter, "How often all identities were loaded anew.")
    page.sample(store.reloads, label)
    page.begin(
      "martlet_identity_store_notes_dropped_total", .counter, "Sessions and key uses that were not written down.")
    page.sample(store.notesDropped, label)
  }

  private static func connections(_ sample: MetricsSample, _ page: inout PrometheusText) {
    page.begin("martlet_connections_total", .counter, "Client connections accepted.")
    page.sample(sample.connectionsOpened)
    page.begin("martlet_connections", .gauge, "Client connections open.")
    page.sample(sample.connectionsOpened &- min(sample.connectionsClosed, sample.connectionsOpened))
    page.begin("martlet_connections_refused_total", .counter, "Client connections turned away by a limit.")
    page.sample(sample.connectionsRefused)
    page.begin("martlet_tls_handshakes_total", .counter, "TLS handshakes with clients, by result.")
    page.sample(sample.handshakesSucceeded, ("result", "ok"))
    page.sample(sample.handshakesFailed, ("result", "failed"))
  }

  private static func upstream(_ sample: MetricsSample, _ page: inout PrometheusText) {
    page.begin("martlet_upstream_errors_total", .counter, "Backend calls that failed, by backend and error.")
    for (backend, counts) in sample.upstreamErrors.sorted(by: { $0.key < $1.key }) {
      for error in UpstreamErrorLabel.allCases where counts[Int(error.rawValue)] > 0 {
        page.sample(counts[Int(error.rawValue)], ("backend", backend), ("error", "\(error.name)"))
      }
    }
    page.begin(
      "martlet_upstream_duration_seconds", .histogram,
      "Time from the start of a backend call to the head of its answer.")
    for (backend, histogram) in sample.upstreamDurations.sorted(by: { $0.key < $1.key }) {
      page.histogram(histogram, ("backend", backend))
    }
  }

  private static func policyServer(_ sample: MetricsSample, _ page: inout PrometheusText) {
    page.begin(
      "martlet_policy_server_errors_total", .counter, "Questions that a policy server gave no decision to, by error.")
    for error in PolicyServerErrorLabel.allCases {
      page.sample(sample.policyServerErrors[Int(error.rawValue)], ("error", "\(error.name)"))
    }
    page.begin(
      "martlet_policy_server_duration_seconds", .histogram,
      "Time from a question to a policy server to its answer, or to the lack of one.")
    page.histogram(sample.policyServerDuration)
  }

  private static func gateway(_ process: ProcessSample, _ page: inout PrometheusText) {
    page.begin("martlet_audit_lines_dropped_total", .counter, "Audit lines that were lost.")
    page.sample(process.auditLinesDropped)
    page.begin("martlet_audit_write_errors_total", .counter, "Failed attempts to write audit lines.")
    page.sample(process.auditWriteErrors)
    page.begin("martlet_audit_waiting_bytes", .gauge, "Audit lines not yet written, in bytes.")
    page.sample(process.auditWaitingBytes)
    page.begin("martlet_snapshot_revision", .gauge, "Revision of the settings and policies in use.")
    page.sample(process.snapshotRevision)
    page.begin("martlet_reload_errors_total", .counter, "Reloads of settings that were refused.")
    page.sample(process.reloadErrors)
    page.begin("martlet_build_info", .gauge, "Always 1; the labels say which program this is.")
    page.sample(1, ("version", process.version))
  }

  /// Names as the Prometheus client libraries have them.
  private static func system(_ process: ProcessSample, _ page: inout PrometheusText) {
    page.begin("process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.")
    page.sample(process.cpuSeconds)
    page.begin("process_resident_memory_bytes", .gauge, "Resident memory size in bytes.")
    page.sample(process.residentBytes)
    page.begin("process_open_fds", .gauge, "Number of open file descriptors.")
    page.sample(process.openDescriptors)
    page.begin("process_max_fds", .gauge, "Maximum number of open file descriptors.")
    page.sample(process.maxDescriptors)
    page.begin("process_start_time_seconds", .gauge, "Start time of the process since unix epoch in seconds.")
    page.sample(process.startSeconds)
  }
}

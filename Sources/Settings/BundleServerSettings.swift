import S3Model

/// `authorization.bundle_server`: how bundles come that `authorization.policies` names by URL.
public struct BundleServerSettings: Hashable, Sendable {
  public let server: RemoteServerSettings
  /// Between two looks, give or take a tenth. Default 60 seconds.
  public let pollInterval: Duration
  /// For one download. Default 30 seconds.
  public let timeout: Duration
  /// Of an archive as it is sent. Default 64 MiB.
  public let archiveBytesMax: Int

  init(_ reader: SectionReader) {
    server = RemoteServerSettings(reader)
    pollInterval = reader.duration("poll_interval", default: .seconds(60), in: .milliseconds(100)...(.seconds(86_400)))
    timeout = reader.duration("timeout", default: .seconds(30), in: .milliseconds(10)...(.seconds(600)))
    archiveBytesMax = reader.size("archive_bytes_max", default: 64 << 20, in: 1024...(256 << 20))
  }
}

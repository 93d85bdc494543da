import EtcdIdentityStore
import HTTPClient
import IdentityStore
import Logging
import NIOPosix
import S3Model
import SQLiteIdentityStore
import Settings

/// Opens the store that the settings name.
enum IdentityStores {
  static func open(_ settings: IdentityStoreSettings, log: Logger) throws -> any IdentityStore {
    switch settings {
    case .sqlite(let path):
      return try SQLiteIdentityStore(SQLiteIdentityStore.Options(path: Assembly.absolute(path)), log: log)
    case .etcd(let etcd):
      let trust = HTTPEndpoint.Trust(
        certificateAuthorityFile: etcd.caFile?.path,
        clientCertificateFile: etcd.clientCertificate?.certificateFile.path,
        clientKeyFile: etcd.clientCertificate?.keyFile.path)
      var options = EtcdIdentityStore.Options(
        endpoints: try etcd.endpoints.map { try HTTPEndpoint(HTTPURL("\($0)"), trust: trust) })
      options.prefix = etcd.prefix
      options.connectTimeout = etcd.connectTimeout
      options.timeout = etcd.requestTimeout
      if let username = etcd.username, let password = etcd.password {
        // Read each time a token is asked for, so that a changed file needs no restart.
        options.credentials = EtcdIdentityStore.Credentials(username: username) { () throws(IdentityStoreError) in
          do throws(SettingsError) {
            return try password.load().withBytes { String(decoding: $0, as: UTF8.self) }
          } catch {
            throw .refused(reason: "the password of etcd cannot be read: \(error)")
          }
        }
      }
      return EtcdIdentityStore(options, group: MultiThreadedEventLoopGroup.singleton, log: log)
    }
  }
}

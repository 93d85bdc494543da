/// The project's `config/`, found from this source file.
enum ConfigFolder {
  static let path: String = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/") + "/config"
  }()

  static let examples = [
    "behind-a-load-balancer.yaml", "in-front-of-rgw.yaml", "kerberos-login.yaml", "ldap-login.yaml", "two-stores.yaml",
    "users-and-roles.yaml",
  ]
}

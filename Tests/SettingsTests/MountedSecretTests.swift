import GatewayTesting
import Glibc
import Testing

@testable import Settings

/// Secrets as Kubernetes and Docker mount them. Mounting takes a privilege that not every machine grants.
@Suite struct MountedSecretTests {
  private static let mayMount: Bool = {
    var template = Array("/tmp/martlet-mount-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return false }
    defer { rmdir(template) }
    guard mount("none", template, "tmpfs", 0, nil) == 0 else { return false }
    return umount(template) == 0
  }()

  @Test(.enabled(if: mayMount, "mounting is not permitted"))
  func anyModeWillDoOnAReadOnlyTmpfsOnly() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/secret"
    try folder.write("secret", "on the disk", mode: 0o644)
    #expect(throws: FileFault.exposed(mode: 0o644)) {
      try RegularFile.read(path, bytesMax: 100, protection: .secret)
    }

    try #require(mount("none", folder.path, "tmpfs", 0, nil) == 0)
    defer { umount(folder.path) }
    try folder.write("..data/value", "in memory", mode: 0o644)
    try #require(symlink("..data/value", path) == 0)
    #expect(throws: FileFault.exposed(mode: 0o644)) {
      try RegularFile.read(path, bytesMax: 100, protection: .secret)
    }

    try #require(mount("none", folder.path, nil, UInt(MS_REMOUNT | MS_RDONLY), nil) == 0)
    #expect(try RegularFile.read(path, bytesMax: 100, protection: .secret) == Array("in memory".utf8))
  }
}

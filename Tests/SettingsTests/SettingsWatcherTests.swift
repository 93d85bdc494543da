import GatewayTesting
import Testing

@testable import Settings

@Suite struct SettingsWatcherTests {
  @Test func givesNewSettingsOnlyWhenValid() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("m.yaml", "logging: {level: info}")
    let loader = SettingsLoader(path: path, environment: [:])
    var watcher = SettingsWatcher(loader: loader, current: try loader.load())
    guard case .unchanged = watcher.poll() else {
      Issue.record("nothing has changed")
      return
    }

    try folder.write("m.yaml", "logging: {level: debug }")
    guard case .loaded(let settings) = watcher.poll() else {
      Issue.record("the change was not seen")
      return
    }
    #expect(settings.logging.level == .debug)
    guard case .unchanged = watcher.poll() else {
      Issue.record("the same change was seen twice")
      return
    }

    try folder.write("m.yaml", "logging: {level: very loud}")
    guard case .refused(let errors) = watcher.poll() else {
      Issue.record("wrong settings were taken")
      return
    }
    #expect(errors.errors.count == 1)
    guard case .unchanged = watcher.poll() else {
      Issue.record("the same mistake was reported twice")
      return
    }
    guard case .refused = watcher.reload() else {
      Issue.record("a forced reload says what is wrong every time")
      return
    }

    try folder.write("m.yaml", "logging: {level: error}")
    guard case .loaded(let repaired) = watcher.poll() else {
      Issue.record("the repair was not seen")
      return
    }
    #expect(repaired.logging.level == .error)
  }

  @Test func watchesTheFilesThatSettingsName() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("m.yaml", "identities: {users: {u: {access_keys: [{id: AKID, secret_file: s}]}}}")
    try folder.write("s", "0123456789abcdef")
    let loader = SettingsLoader(path: path, environment: [:])
    var watcher = SettingsWatcher(loader: loader, current: try loader.load())
    try folder.write("s", "0123456789abcdef0")
    guard case .loaded = watcher.poll() else {
      Issue.record("a changed secret was not seen")
      return
    }
  }

  @Test func aFileThatTheStartCreatedIsNoChange() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("m.yaml", "sts: {key_ring_file: ring.json}")
    let loader = SettingsLoader(path: path, environment: [:])
    let settings = try loader.load()
    var watcher = SettingsWatcher(loader: loader, current: settings)
    try folder.write("ring.json", "{}")
    watcher.created(settings.sts.keyRingFile)
    guard case .unchanged = watcher.poll() else {
      Issue.record("its own file counted as a change")
      return
    }
    try folder.write("ring.json", "{ }")
    guard case .loaded = watcher.poll() else {
      Issue.record("a later change of the same file was not seen")
      return
    }
  }

  @Test func refusesWhatNeedsARestart() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("m.yaml", "listen: 127.0.0.1:9000")
    let loader = SettingsLoader(path: path, environment: [:])
    var watcher = SettingsWatcher(loader: loader, current: try loader.load())
    try folder.write("m.yaml", "listen: 127.0.0.1:9002\nthreads: 9\naudit: {output: stdout}\nlogging: {level: debug}")
    guard case .refused(let errors) = watcher.poll() else {
      Issue.record("listeners cannot move")
      return
    }
    #expect(errors.errors.map(\.origin.keyPath) == ["listen", "threads", "audit"])
    #expect(errors.errors.allSatisfy { $0.problem == .fixedWhileRunning })
  }
}

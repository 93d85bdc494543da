import Synchronization

/// The sorted folders that listings walk, kept in step with every commit.
///
/// The store is its folder's only writer (it holds a lock on it), so that a cached list needs no look at the disk. What
/// is cached can be thrown away at any time: the folders are the truth.
final class ListingCache: Sendable {
  private final class Node {
    var names: SortedNames
    let id: UInt64
    var lastUse: UInt64

    init(_ names: SortedNames, id: UInt64) {
      self.names = names
      self.id = id
      lastUse = id
    }
  }

  private struct Change: Sendable {
    let name: [UInt8]
    /// Whether the entry is there after the change.
    let isPresent: Bool
    let summary: ObjectSummary?
  }

  /// A folder being read: what is committed meanwhile is applied to the result.
  private struct Load {
    var changes: [Change] = []
    var readers = 0
  }

  private struct State {
    var nodes: [FilePath: Node] = [:]
    var loads: [FilePath: Load] = [:]
    var byteCount = 0
    var clock: UInt64 = 0
  }

  private let state: Mutex<State>
  private let byteCountMax: Int

  init(byteCountMax: Int) {
    self.byteCountMax = byteCountMax
    // `Node` never leaves the mutex: its names are copied out as values.
    state = Mutex(State())
  }

  struct Snapshot: Sendable {
    let names: SortedNames
    /// Which load of the folder it came from.
    let id: UInt64
  }

  /// The folder's entries; nil when the folder is not there.
  func names(of folder: FilePath) throws(FileError) -> Snapshot? {
    let cached = state.withLock { state -> Snapshot? in
      state.clock += 1
      guard let node = state.nodes[folder] else {
        state.loads[folder, default: Load()].readers += 1
        return nil
      }
      node.lastUse = state.clock
      return Snapshot(names: node.names, id: node.id)
    }
    if let cached { return cached }
    var unsorted: [[UInt8]] = []
    var isThere = false
    do throws(FileError) {
      isThere = try FileCalls.forEachName(in: folder) { name in
        if let entry = KeyPath.entry(of: name) { unsorted.append(entry) }
        return true
      }
    } catch {
      state.withLock { _ = Self.endLoad(of: folder, &$0) }
      throw error
    }
    let loaded = SortedNames(unsorted: unsorted)
    return state.withLock { state -> Snapshot? in
      let changes = Self.endLoad(of: folder, &state)
      guard isThere else { return nil }
      var names = loaded
      for change in changes {
        if change.isPresent { names.insert(change.name, change.summary) } else { names.remove(change.name) }
      }
      state.clock += 1
      let node = Node(names, id: state.clock)
      if let old = state.nodes.updateValue(node, forKey: folder) { state.byteCount -= old.names.byteCount }
      state.byteCount += names.byteCount
      Self.evict(&state, keeping: folder, byteCountMax)
      return Snapshot(names: names, id: node.id)
    }
  }

  /// To be called after an entry came to be, under the lock that ordered that change.
  func insert(_ name: [UInt8], _ summary: ObjectSummary?, in folder: FilePath) {
    change(Change(name: name, isPresent: true, summary: summary), in: folder)
  }

  /// To be called after an entry is gone, under the lock that ordered that change.
  func remove(_ name: [UInt8], in folder: FilePath) {
    change(Change(name: name, isPresent: false, summary: nil), in: folder)
  }

  func setSummaryIfUnknown(_ name: [UInt8], _ summary: ObjectSummary, in folder: FilePath, of snapshot: UInt64) {
    state.withLock { state in
      guard let node = state.nodes[folder], node.id == snapshot else { return }
      node.names.setSummaryIfUnknown(name, summary)
    }
  }

  /// Forgets a folder that was removed.
  func forget(_ folder: FilePath) {
    state.withLock { state in
      if let node = state.nodes.removeValue(forKey: folder) { state.byteCount -= node.names.byteCount }
    }
  }

  /// Forgets all, as when a bucket is deleted.
  func forgetAll() {
    state.withLock { state in
      state.nodes = [:]
      state.byteCount = 0
    }
  }

  private func change(_ change: Change, in folder: FilePath) {
    state.withLock { state in
      state.loads[folder]?.changes.append(change)
      guard let node = state.nodes[folder] else { return }
      state.byteCount -= node.names.byteCount
      if change.isPresent {
        node.names.insert(change.name, change.summary)
      } else {
        node.names.remove(change.name)
      }
      state.byteCount += node.names.byteCount
    }
  }

  private static func endLoad(of folder: FilePath, _ state: inout State) -> [Change] {
    guard var load = state.loads[folder] else { return [] }
    load.readers -= 1
    state.loads[folder] = load.readers == 0 ? nil : load
    return load.changes
  }

  private static func evict(_ state: inout State, keeping folder: FilePath, _ byteCountMax: Int) {
    while state.byteCount > byteCountMax, state.nodes.count > 1 {
      var oldest: (folder: FilePath, use: UInt64)?
      for (path, node) in state.nodes where path != folder {
        if let candidate = oldest, candidate.use <= node.lastUse { continue }
        oldest = (path, node.lastUse)
      }
      guard let oldest, let node = state.nodes.removeValue(forKey: oldest.folder) else { return }
      state.byteCount -= node.names.byteCount
    }
  }
}

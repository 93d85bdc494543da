import HTTPClient
import IdentityStore
import JSON
import NIOCore

/// Hears of changes from one member at a time; goes on with another where it left off.
actor EtcdWatch {
  private let store: EtcdIdentityStore
  private var revision: StoreRevision
  private var body: HTTPAnswerStream?
  private var member = 0
  private var line = ByteBuffer()
  /// By when the member has to say that the watch has begun; nil when it has.
  private var beginsBy: ContinuousClock.Instant?
  private var events: [StoreEvent] = []
  private var failures = 0
  private var isLost = false
  private var isEnded = false

  init(_ store: EtcdIdentityStore, after revision: StoreRevision) {
    self.store = store
    self.revision = revision
  }

  func next() async -> StoreEvent? {
    while !Task.isCancelled, !store.isClosed {
      if !events.isEmpty { return events.removeFirst() }
      if isEnded { return nil }
      do throws(IdentityStoreError) {
        if let body {
          try take(try await piece(body))
        } else {
          try await connect()
        }
      } catch {
        body = nil
        line.clear()
        if store.isClosed { return nil }
        store.client.leave(member)
        failures += 1
        // Lost is what no member helps with.
        guard failures >= store.client.memberCount else { continue }
        if !isLost {
          isLost = true
          return .lost(error)
        }
        let pause = Duration.milliseconds(Int.random(in: 50...150) << min(failures - store.client.memberCount, 4))
        do { try await Task.sleep(for: pause) } catch { return nil }
      }
    }
    return nil
  }

  private func connect() async throws(IdentityStoreError) {
    member = store.client.member
    // A member that was cut off from the majority would begin a watch, and then stay silent. And one that no longer has
    // what was missed would begin it too, and only then say so: until then nobody knew that what is in force is old.
    do throws(EtcdClient.Failure) {
      try await Self.ask(store, member, at: revision)
    } catch {
      if case .fault(let fault) = error, fault.isCompacted { return endCompacted() }
      throw error.error
    }
    var create = JSONObject()
    create.set("key", bytes: store.keys.told)
    create.set("range_end", bytes: EtcdKeys.end(of: store.keys.told))
    create.set("start_revision", number: revision.number + 1)
    create["progress_notify"] = .bool(true)
    beginsBy = .now + store.options.timeout
    do throws(EtcdClient.Failure) {
      body = try await store.client.stream("/v3/watch", .with("create_request", create), member: member)
    } catch {
      throw error.error
    }
  }

  /// What comes next, while the member keeps saying that it belongs to the majority: one that was cut off would stay
  /// silent.
  private func piece(_ body: HTTPAnswerStream) async throws(IdentityStoreError) -> ByteBuffer {
    let (store, member) = (self.store, self.member)
    let result = await withTaskGroup(of: Result<ByteBuffer, IdentityStoreError>.self) { group in
      group.addTask {
        do throws(HTTPClientError) {
          guard let piece = try await body.next(isolation: nil) else {
            return .failure(.unreachable(reason: "etcd ended the watch"))
          }
          return .success(piece)
        } catch {
          return .failure(.unreachable(reason: "\(error)"))
        }
      }
      group.addTask { await Self.probe(store, member) }
      if let beginsBy {
        group.addTask {
          do { try await Task.sleep(until: beginsBy, clock: .continuous) } catch { return .failure(.closed) }
          return .failure(.unreachable(reason: "etcd does not begin the watch"))
        }
      }
      defer { group.cancelAll() }
      return await group.next() ?? .failure(.closed)
    }
    return try result.get()
  }

  /// Returns when the member is no longer to be believed.
  private static func probe(
    _ store: EtcdIdentityStore, _ member: Int
  ) async -> Result<ByteBuffer, IdentityStoreError> {
    while true {
      do { try await Task.sleep(for: store.options.probeInterval) } catch { return .failure(.closed) }
      if store.isClosed { return .failure(.closed) }
      do throws(EtcdClient.Failure) {
        try await ask(store, member)
      } catch {
        return .failure(error.error)
      }
    }
  }

  /// Something that only a member of the majority can answer.
  /// - Parameter revision: of which something must be left; nil for now's.
  private static func ask(
    _ store: EtcdIdentityStore, _ member: Int, at revision: StoreRevision? = nil
  ) async throws(EtcdClient.Failure) {
    var read = JSONObject()
    if let revision { read.set("revision", number: revision.number) }
    read.set("key", bytes: store.keys.commits)
    _ = try await store.client.ask("/v3/kv/range", read, isRead: true, only: member)
  }

  private func take(_ piece: ByteBuffer) throws(IdentityStoreError) {
    guard line.readableBytes + piece.readableBytes <= EtcdAnswer.bytesMax else {
      throw .corrupt(key: nil, reason: "etcd's answer is too long")
    }
    // Looked through once, however long a line becomes.
    let known = line.writerIndex
    line.writeImmutableBuffer(piece)
    var start = known
    while let end = line.viewBytes(at: start, length: line.writerIndex - start)?.firstIndex(of: 0x0A) {
      start = end + 1
      guard let text = line.readSlice(length: end - line.readerIndex) else { return }
      line.moveReaderIndex(forwardBy: 1)
      if text.readableBytes > 0 { try take(answer: EtcdAnswer(text)) }
    }
    line.discardReadBytes()
  }

  private func take(answer: EtcdAnswer) throws(IdentityStoreError) {
    if let error = answer.part("error") {
      let fault = EtcdFault(error)
      if fault.isCompacted { return endCompacted() }
      if fault.needsToken { store.client.forgetToken() }
      throw fault.error
    }
    guard let result = answer.part("result") else { throw .corrupt(key: nil, reason: "etcd's watch tells nothing") }
    if try result.number("compact_revision") > 0 { return endCompacted() }
    if result.flag("canceled") {
      // The token it began with may be the reason, and then another helps.
      store.client.forgetToken()
      throw .unreachable(reason: "etcd canceled the watch")
    }
    if result.flag("created") {
      beginsBy = nil
    } else if beginsBy != nil {
      throw .corrupt(key: nil, reason: "etcd tells before the watch has begun")
    }
    failures = 0
    if isLost {
      isLost = false
      events.append(.recovered)
    }
    if result.flag("created") { return }
    let told = try result.list("events")
    guard !told.isEmpty else {
      // Nothing more comes up to here.
      revision = max(revision, try result.revision())
      return
    }
    var changes: [RecordChange] = []
    var newest = revision
    for event in told {
      guard let entry = event.part("kv") else { throw .corrupt(key: nil, reason: "etcd's event has no key") }
      let changed = StoreRevision(try entry.number("mod_revision"))
      newest = max(newest, changed)
      let bytes = try entry.bytes("key")
      guard let key = store.keys.record(bytes) else {
        store.tellForeign(bytes)
        continue
      }
      let isRemoval = event.object["type"]?.string == "DELETE"
      let value = isRemoval ? nil : try store.value(entry)
      changes.append(RecordChange(key: key, value: value, revision: changed))
    }
    guard newest > revision else { return }
    revision = newest
    events.append(.changed(changes, newest))
  }

  private func endCompacted() {
    isEnded = true
    body = nil
    events.append(.compacted)
  }
}

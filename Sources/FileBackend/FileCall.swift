import Backend
import NIOCore
import NIOPosix
import S3Model
import Synchronization

/// One request of the embedded store, on its event loop: at most one job of it is on the pool at any time, so that
/// what the job touches needs no lock and the order of bytes is kept.
final class FileCall: BackendCall {
  /// Bodies up to this long are written and committed in one job.
  private static let smallBodyBytesMax: UInt64 = 64 << 10
  /// Queued body bytes above which the gateway is told to stop reading, and below which to go on.
  private static let queuedBytesHigh = 1 << 20
  private static let queuedBytesLow = 256 << 10
  private static let readBytes = 256 << 10

  private let work: FileWork
  private let pool: NIOThreadPool
  private let eventLoop: any EventLoop
  private var receiver: (any BackendReceiver)?

  private var isBusy = false
  private var isFinished = false
  private var hasReplied = false
  private var isReading = true
  /// Seen by a running job right before it commits.
  private let isCancelled = CancelFlag()

  private let upload = UploadState()
  private var queue: [ByteBuffer] = []
  /// In the queue and in the running job.
  private var queuedBytes = 0
  private var isWritable = true

  private var reader: ObjectReader?
  /// A piece that came while the client read slowly.
  private var held: ByteBuffer?

  init(_ work: FileWork, _ pool: NIOThreadPool, _ eventLoop: any EventLoop, _ receiver: any BackendReceiver) {
    self.work = work
    self.pool = pool
    self.eventLoop = eventLoop
    self.receiver = receiver
  }

  /// Begins what need not wait for the body: long uploads are refused before the client sends them.
  func start() {
    guard case .upload(let length, _) = work, length > Self.smallBodyBytesMax else { return }
    runUpload()
  }

  func send(_ bytes: ByteBuffer) {
    guard receiver != nil, bytes.readableBytes > 0 else { return }
    queue.append(bytes)
    queuedBytes += bytes.readableBytes
    if case .upload(let length, _) = work, length > Self.smallBodyBytesMax { runUpload() }
    if isWritable, queuedBytes > Self.queuedBytesHigh {
      isWritable = false
      receiver?.backendIsWritable(false)
    }
  }

  func finish() {
    guard receiver != nil, !isFinished else { return }
    isFinished = true
    switch work {
    case .upload: runUpload()
    case .steps: runSteps()
    }
  }

  func cancel() {
    guard receiver != nil else { return }
    receiver = nil
    isCancelled.set()
    queue = []
    held = nil
    if !isBusy { cleanUp() }
  }

  func setReading(_ isReading: Bool) {
    self.isReading = isReading
    if isReading { deliver() }
  }

  // MARK: Jobs

  /// Runs `job` on the pool and `then` back on the event loop.
  private func submit<R: Sendable>(
    _ job: @escaping @Sendable () -> Result<R, BackendFailure>,
    then: @escaping (FileCall, Result<R, BackendFailure>) -> Void
  ) {
    isBusy = true
    let eventLoop = eventLoop
    let back = NIOLoopBound((call: self, then: then), eventLoop: eventLoop)
    pool.submit { state in
      let result =
        state == .active ? job() : .failure(.unavailable(reason: "the store is shutting down"))
      eventLoop.execute {
        let (call, then) = back.value
        call.isBusy = false
        then(call, result)
      }
    }
  }

  private func runSteps() {
    guard case .steps(let step, _) = work else { return }
    submit {
      do throws(BackendFailure) { return .success(try step()) } catch { return .failure(error) }
    } then: { call, result in
      switch result {
      case .success(let reply?): call.reply(reply)
      case .success(nil): if call.receiver != nil { call.runSteps() } else { call.cleanUp() }
      case .failure(let failure): call.fail(failure)
      }
    }
  }

  private func runUpload() {
    guard !isBusy, !hasReplied, receiver != nil, case .upload(let length, let prepare) = work else { return }
    let pieces = queue
    let bytes = queuedBytes
    let isLast = isFinished
    queue = []
    let upload = upload
    let isCancelled = isCancelled
    submit {
      do throws(BackendFailure) {
        try upload.take(pieces, prepare)
        guard isLast else { return .success(nil) }
        return .success(try upload.commit(length: length, isCancelled))
      } catch {
        upload.discard()
        return .failure(error)
      }
    } then: { (call, result: Result<FileReply?, BackendFailure>) in
      call.queuedBytes -= bytes
      switch result {
      case .success(let reply?): call.reply(reply)
      case .success(nil): call.uploadGoesOn()
      case .failure(let failure): call.fail(failure)
      }
    }
  }

  private func uploadGoesOn() {
    guard receiver != nil else { return cleanUp() }
    if !isWritable, queuedBytes < Self.queuedBytesLow {
      isWritable = true
      receiver?.backendIsWritable(true)
    }
    if !queue.isEmpty || isFinished { runUpload() }
  }

  /// What a call leaves behind that ended early: files are the pool's to remove.
  private func cleanUp() {
    let reader = reader
    self.reader = nil
    let upload = upload
    var abandon: (@Sendable () -> Void)?
    if !hasReplied, case .steps(_, let given) = work { abandon = given }
    let leaver = abandon
    guard upload.isOpen || reader?.needsClose == true || leaver != nil else { return }
    pool.submit { _ in
      upload.discard()
      reader?.close()
      leaver?()
    }
  }

  // MARK: Reply

  private func reply(_ reply: FileReply) {
    hasReplied = true
    reader = reply.reader
    guard let receiver else { return cleanUp() }
    held = reply.body
    receiver.backendDidRespond(reply.response)
    deliver()
  }

  private func fail(_ failure: BackendFailure) {
    cleanUp()
    guard let receiver else { return }
    self.receiver = nil
    if hasReplied, case .storageFailed(let reason) = failure {
      receiver.backendDidFail(.brokeOff(reason: reason))
    } else {
      receiver.backendDidFail(failure)
    }
  }

  /// Hands on what is there, then reads the next piece or ends.
  private func deliver() {
    guard hasReplied, !isBusy, isReading || held == nil, let receiver else { return }
    if let piece = held {
      held = nil
      receiver.backendDidReceive(piece)
      // The receiver may have cancelled or paused; a pause still lets an ended body end.
      guard self.receiver != nil, !isBusy, held == nil else { return }
    }
    guard let reader, reader.remaining > 0 else {
      self.receiver = nil
      self.reader = nil
      return receiver.backendDidFinish()
    }
    guard isReading else { return }
    submit { () -> Result<ByteBuffer?, BackendFailure> in
      do throws(FileError) {
        let piece = try reader.read(Self.readBytes)
        if reader.remaining == 0 { reader.close() }
        return .success(piece)
      } catch {
        reader.close()
        return .failure(BackendFailure(error))
      }
    } then: { call, result in
      guard call.receiver != nil else { return call.cleanUp() }
      switch result {
      case .success(let piece):
        call.held = piece
        call.deliver()
      case .failure(let failure): call.fail(failure)
      }
    }
  }
}

@available(*, unavailable)
extension FileCall: Sendable {}

/// Set on the event loop, read on the pool.
final class CancelFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  func set() { flag.store(true, ordering: .releasing) }
  var isSet: Bool { flag.load(ordering: .acquiring) }
}

/// The pool's side of an upload. Touched by one job at a time: the call submits the next after the one before ended,
/// and looks at ``isOpen`` only between jobs.
final class UploadState: @unchecked Sendable {
  private var prepared: PreparedUpload?

  var isOpen: Bool { prepared != nil }

  func take(
    _ pieces: [ByteBuffer], _ prepare: () throws(BackendFailure) -> PreparedUpload
  ) throws(BackendFailure) {
    let upload: PreparedUpload
    if let prepared {
      upload = prepared
    } else {
      upload = try prepare()
      prepared = upload
    }
    for piece in pieces {
      try storage { () throws(FileError) in try upload.writer.append(piece) }
    }
  }

  /// - Parameter length: what was announced; a body of another length is never committed.
  func commit(length: UInt64, _ isCancelled: CancelFlag) throws(BackendFailure) -> FileReply {
    guard let prepared, prepared.writer.size == length else { throw .refused(.incompleteBody) }
    if isCancelled.isSet { throw .unavailable(reason: "cancelled") }
    let reply = try prepared.commit(prepared.writer)
    self.prepared = nil
    return reply
  }

  func discard() {
    prepared?.writer.discard()
    prepared = nil
  }
}

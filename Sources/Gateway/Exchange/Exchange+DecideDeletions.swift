import Authorization
import Backend
import IAMPolicy
import NIOCore
import S3Model
import S3Wire

/// DeleteObjects: a thousand keys are a thousand decisions, and some of them may need tags of their objects.
extension Exchange {
  func decideDeletions(_ request: S3Request) throws(ExchangeFailure) -> Stage {
    guard let authorization = DeletionAuthorization(request, entries: deletions.accesses) else {
      throw .undecidable("no deletion")
    }
    let run = DeletionRun(authorization)
    call = run
    decideNext(run)
    // Unless all is decided by now, the exchange is called back.
    return run.isOver ? try finishDeciding(run) : .wait
  }

  /// Decides until the turn is over; the rest comes when others have had theirs.
  private func decideNext(_ run: DeletionRun) {
    let end = NIODeadline.now() + DeletionRun.turn
    while run.hasUndecided {
      let entry = run.next
      run.next += 1
      if readsStoredTags(run.authorization.entries[entry])
        || decide(entry, of: run, tags: .notFetched).needsObjectTags
      {
        run.waiting.append(entry)
      }
      askNext(run)
      guard run.hasUndecided, NIODeadline.now() >= end else { continue }
      let bound = NIOLoopBound((exchange: self, run: run), eventLoop: worker.eventLoop)
      // Not just behind this: an event loop does all that is due before it looks at its connections again.
      worker.eventLoop.scheduleTask(in: DeletionRun.pause) {
        let (exchange, run) = bound.value
        guard !run.isCancelled, !exchange.response.isOver else { return }
        exchange.decideNext(run)
        exchange.goOn(run)
      }
      return
    }
    lookUpTags(run)
  }

  private func readsStoredTags(_ accesses: [Access]) -> Bool {
    Authorizer.readsObjectTags(
      accesses, caller, snapshot.authorization, at: PolicyDate(milliseconds: now.milliseconds), baseConditions)
  }

  @discardableResult
  private func decide(_ entry: Int, of run: DeletionRun, tags: RequestConditions.StoredTags) -> Decision {
    let decision = run.authorization.decide(
      entry, caller, snapshot.authorization, at: PolicyDate(milliseconds: now.milliseconds)
    ) { access in
      var conditions = conditions(access)
      conditions.storedTags = tags
      return conditions
    }
    // Without its document, of which a thousand would be many; it is made again when its turn comes.
    if decision.question != nil { run.unasked.append((entry, tags)) }
    return decision
  }

  /// Keeps as many questions to the policy server running as may be. An entry of several accesses is asked about again.
  private func askNext(_ run: DeletionRun) {
    while run.mayAsk {
      let (entry, tags) = run.unasked.removeLast()
      guard let question = decide(entry, of: run, tags: tags).question else { continue }
      run.unasked.removeLast()
      run.questions += 1
      ask(question) { exchange in
        guard !run.isCancelled else { return }
        run.questions -= 1
        exchange.decide(entry, of: run, tags: tags)
        exchange.askNext(run)
        exchange.goOn(run)
      }
    }
  }

  /// Keeps as many look-ups running as may be. One that fails leaves its entry without tags, which denies that entry.
  private func lookUpTags(_ run: DeletionRun) {
    while run.mayLookUp {
      let entry = run.waiting[run.begun]
      run.begun += 1
      guard let (lookup, backend) = tagLookup(of: run.authorization.entries[entry]) else {
        decide(entry, of: run, tags: .failed)
        askNext(run)
        continue
      }
      backendName = backend.name
      let backendRequest = BackendRequest(lookup, contentLength: nil, document: nil, clientEndpoint: clientEndpoint)
      let eventLoop = worker.eventLoop
      let bound = NIOLoopBound((exchange: self, run: run), eventLoop: eventLoop)
      let receiver = CollectingReceiver(bytesMax: Self.tagsBytesMax) { result in
        let tags = Self.tags(result)
        // Stores may answer from within the call; what follows must not grow the stack by a thousand answers.
        eventLoop.execute {
          let (exchange, run) = bound.value
          guard !run.isCancelled, !exchange.response.isOver else { return }
          run.remove(for: entry)
          exchange.decide(entry, of: run, tags: tags)
          exchange.askNext(run)
          exchange.lookUpTags(run)
          exchange.goOn(run)
        }
      }
      let call = receiver.start(backendRequest, on: worker.client(backend))
      run.add(call, for: entry)
    }
  }

  private func tagLookup(of accesses: [Access]) -> (AuthorizedRequest, any StorageBackend)? {
    guard let access = accesses.first, let bucket = access.bucket, let key = access.key else { return nil }
    do throws(ExchangeFailure) {
      return try tagLookup((bucket, key, access.versionID))
    } catch {
      return nil
    }
  }

  private func goOn(_ run: DeletionRun) {
    guard run.isOver, failure == nil else { return }
    do throws(ExchangeFailure) {
      perform(try finishDeciding(run))
    } catch {
      fail(error)
    }
  }

  private func finishDeciding(_ run: DeletionRun) throws(ExchangeFailure) -> Stage {
    call = nil
    let outcome = run.authorization.outcome()
    authorized = outcome.authorized
    deletions.take(outcome.decisions)
    decision = outcome.decisions.first { !$0.isAllowed } ?? outcome.decisions.last
    try take(outcome.obligations)
    return .forward
  }
}

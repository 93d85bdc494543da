import Authorization
import Backend
import NIOCore
import S3Model

/// The deciding about one DeleteObjects under way: entry by entry, in turns that leave the event loop to others, and
/// after that those whose objects' tags had to be fetched first.
///
/// As the exchange's call it takes the look-ups along when the exchange ends.
final class DeletionRun: BackendCall {
  var authorization: DeletionAuthorization
  /// The entry to decide next.
  var next = 0
  /// Entries that wait for tags, and how many of them have been begun.
  var waiting: [Int] = []
  var begun = 0
  /// Entries that wait for the policy server's word, with the tags that they are decided by.
  var unasked: [(entry: Int, tags: RequestConditions.StoredTags)] = []
  var questions = 0
  private var lookups: [Int: any BackendCall] = [:]
  private(set) var isCancelled = false

  /// How long one turn of deciding may take: the other connections of the loop wait for it.
  static let turn = TimeAmount.milliseconds(2)
  static let pause = TimeAmount.microseconds(100)
  /// Look-ups at once.
  static let lookupsMax = 8

  /// Questions at once.
  static let questionsMax = 16

  init(_ authorization: DeletionAuthorization) { self.authorization = authorization }

  var hasUndecided: Bool { next < authorization.entries.count }
  var mayLookUp: Bool { begun < waiting.count && lookups.count < Self.lookupsMax }
  var isOver: Bool { !hasUndecided && begun == waiting.count && lookups.isEmpty && unasked.isEmpty && questions == 0 }
  var mayAsk: Bool { !unasked.isEmpty && questions < Self.questionsMax }

  func add(_ lookup: any BackendCall, for entry: Int) { lookups[entry] = lookup }
  func remove(for entry: Int) { lookups[entry] = nil }

  // MARK: As the exchange's call

  func send(_ bytes: ByteBuffer) {}
  func finish() {}
  func setReading(_ isReading: Bool) {}

  func cancel() {
    guard !isCancelled else { return }
    isCancelled = true
    let running = lookups.values
    lookups = [:]
    for lookup in running { lookup.cancel() }
  }
}

import Backend
import Cryptography
import NIOCore
import S3Model

/// Copies an object's bytes into a new file, some per turn on the pool so that a long copy does not keep a thread.
///
/// Touched by one job at a time: ``FileCall`` asks for the next turn after the one before has ended.
final class CopyRun: @unchecked Sendable {
  /// What is copied, once the source is known.
  struct Plan: Sendable {
    let reader: ObjectReader
    let writer: ObjectWriter
    /// Set where the copy's digests are the source's: then the kernel copies and nobody reads.
    let known: (md5: [UInt8], checksum: ChecksumValue?)?
    let commit: @Sendable (ObjectWriter, _ md5: [UInt8], ChecksumValue?) throws(BackendFailure) -> FileReply
  }

  /// Bytes per turn, and per read within it.
  private static let turnBytes = 8 << 20
  private static let pieceBytes = 1 << 20

  private let prepare: @Sendable () throws(BackendFailure) -> Plan
  private var plan: Plan?

  init(_ prepare: @escaping @Sendable () throws(BackendFailure) -> Plan) {
    self.prepare = prepare
  }

  var work: FileWork {
    .steps({ () throws(BackendFailure) -> FileReply? in try self.step() }, abandon: { self.abandon() })
  }

  private func abandon() {
    plan?.reader.close()
    plan?.writer.discard()
    plan = nil
  }

  /// One turn; nil while there is more to copy.
  func step() throws(BackendFailure) -> FileReply? {
    let plan: Plan
    if let current = self.plan {
      plan = current
    } else {
      plan = try prepare()
      self.plan = plan
    }
    do throws(BackendFailure) {
      try storage { () throws(FileError) in try copy(plan) }
      guard plan.reader.remaining == 0 else { return nil }
      plan.reader.close()
      let digests = plan.known ?? plan.writer.digests()
      let reply = try plan.commit(plan.writer, digests.md5, digests.checksum)
      self.plan = nil
      return reply
    } catch {
      abandon()
      throw error
    }
  }

  private func copy(_ plan: Plan) throws(FileError) {
    var left = Self.turnBytes
    while left > 0, plan.reader.remaining > 0 {
      if plan.known != nil {
        guard let extent = try plan.reader.nextExtent(min(left, Self.pieceBytes)) else { return }
        guard try plan.writer.append(from: extent.file, at: extent.offset, count: extent.count) == extent.count else {
          throw ObjectFile.damaged
        }
        left -= extent.count
      } else {
        guard let piece = try plan.reader.read(min(left, Self.pieceBytes)) else { return }
        try plan.writer.append(piece)
        left -= piece.readableBytes
      }
    }
  }
}

public import Rego
public import S3Model

/// A policy server that is asked instead of the embedded engine. Deciding stays pure: what must be asked comes back as
/// an ``ExternalQuestion``, and the decision is taken again with the ``ExternalAnswer``.
public struct ExternalAuthority: Sendable, Equatable {
  public let mode: RegoMode
  public let shape: RegoInputShape
  /// Whether the object's tags are part of the input: nobody can see what a policy elsewhere reads.
  public let readsObjectTags: Bool

  public init(mode: RegoMode, shape: RegoInputShape, readsObjectTags: Bool) {
    self.mode = mode
    self.shape = shape
    self.readsObjectTags = readsObjectTags
  }
}

/// What the policy server must be asked before an access can be decided.
public struct ExternalQuestion: Sendable, Equatable {
  public let access: Access
  /// The document that the embedded engine would see, whole.
  public let input: Value
}

/// What the policy server said about one access. Nothing but a well-formed answer allows.
public struct ExternalAnswer: Sendable {
  enum Content: Sendable {
    /// Undefined where the policy has no value there.
    case result(Value)
    case failed(String)
  }

  let content: Content
  /// As the server names it in its own log.
  public let decisionID: Text?

  /// It is no answer at all, and denies.
  public var isFailure: Bool { if case .failed = content { true } else { false } }

  /// No decision, which denies.
  public init(failed reason: String) {
    self.init(content: .failed(reason), decisionID: nil)
  }

  /// - Parameter body: of a 200 to `POST /v1/data/…`. Source: OPA's REST API, "Get a Document (with Input)".
  public init(body: [UInt8]) {
    let document: Value
    do {
      document = try Value(json: body)
    } catch {
      self.init(failed: "the answer is no JSON")
      return
    }
    guard case .object(let members) = document else {
      self.init(failed: "the answer is no object")
      return
    }
    var decisionID: Text?
    if case .string(let id) = members["decision_id"], id.byteCount <= Self.decisionIDBytesMax { decisionID = id }
    self.init(content: .result(members["result"]), decisionID: decisionID)
  }

  private init(content: Content, decisionID: Text?) {
    self.content = content
    self.decisionID = decisionID
  }

  private static let decisionIDBytesMax = 256
}

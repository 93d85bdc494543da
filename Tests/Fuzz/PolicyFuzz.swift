import IAMPolicy
import JSON
import S3Model

/// Policy documents: parse, compile, decide.
enum PolicyFuzz {
  private static let account = AccountID("111122223333") ?? .zero
  private static let kinds: [PolicyKind] = [
    .identity, .resource(bucket: "bucket"), .resource(bucket: nil), .trust, .boundary, .session, .scp, .rcp,
  ]
  private static let everything = compile(
    Array(#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#.utf8), .identity)
  private static let nothing = compile(
    Array(#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#.utf8), .identity)

  static func run(_ input: [UInt8]) {
    var choices = FuzzInput(input)
    let kind = kinds[choices.number(kinds.count)]
    let seed = choices.byte()
    let action = Action.s3(S3Action.allCases[choices.number(S3Action.allCases.count)])
    let document = choices.bytes
    roundTrip(document)
    guard let policy = compile(document, kind), let everything, let nothing else { return }
    let context = RandomContext(seed: seed)
    for request in requests(action) {
      let layers =
        switch kind {
        case .resource, .trust: PolicyLayers(resource: policy)
        case .boundary: PolicyLayers(identity: [everything], boundary: [policy])
        case .session: PolicyLayers(identity: [everything], session: [policy])
        case .scp: PolicyLayers(identity: [everything], scp: [[policy]])
        case .rcp: PolicyLayers(identity: [everything], rcp: [[policy]])
        case .identity: PolicyLayers(identity: [policy])
        }
      check(request, layers, context, nothing)
    }
  }

  private static func compile(_ document: [UInt8], _ kind: PolicyKind) -> CompiledPolicy? {
    do throws(PolicyError) {
      return try CompiledPolicy(parsing: document, name: "p", kind: kind)
    } catch {
      _ = "\(error)"
      return nil
    }
  }

  private static func check(
    _ request: PolicyRequest, _ layers: PolicyLayers, _ context: RandomContext, _ nothing: CompiledPolicy
  ) {
    let decision = PolicyEvaluator.decide(request, layers, context)
    _ = decision.description
    expect(!(decision.isAllowed && decision.isExplicitDeny), "a decision is one")
    var denied = layers
    denied.identity.append(nothing)
    expect(!PolicyEvaluator.decide(request, denied, context).isAllowed, "an explicit deny wins")
    // A key that nothing reads changes nothing.
    for name in RandomContext.names where !PolicyEvaluator.reads(name, request, layers, context) {
      var other = context
      other.flipped = name
      expect(
        PolicyEvaluator.decide(request, layers, other).isAllowed == decision.isAllowed,
        "\(name) is not read and changes the decision")
    }
  }

  private static func requests(_ action: Action) -> [PolicyRequest] {
    let alice = Principal(.user(arn: ARN.user("alice", account: account), account))
    let principals = [alice, .anonymous]
    return principals.flatMap { principal in
      ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/a/b c*?${x}"].map { resource in
        PolicyRequest(
          principal: principal, action: action, resource: ByteString(resource), resourceAccount: account)
      }
    }
  }

  /// JSON that is read, written and read again is the same.
  private static func roundTrip(_ document: [UInt8]) {
    guard case .success(let value) = parse(document) else { return }
    var writer = JSONWriter()
    writer.write(value)
    guard case .success(let again) = parse(writer.bytes) else {
      expect(false, "what is written can be read: \(String(decoding: writer.bytes, as: UTF8.self))")
      return
    }
    expect(value == again, "what is written is what was read: \(String(decoding: writer.bytes, as: UTF8.self))")
  }

  private static func parse(_ document: [UInt8]) -> Result<JSONValue, JSONError> {
    Result { () throws(JSONError) in try JSONValue(parsing: document) }
  }
}

/// Answers every key with some value, the same one for the same seed.
private struct RandomContext: ConditionContext {
  static let names: [ConditionKey.Name] = [
    .aws(.sourceIP), .aws(.secureTransport), .aws(.userAgent), .aws(.currentTime), .aws(.username), .s3(.prefix),
    .s3(.maxKeys), .s3(.existingObjectTag), .s3(.versionID),
  ]

  let seed: UInt8
  var flipped: ConditionKey.Name?

  init(seed: UInt8) { self.seed = seed }

  func value(for key: ConditionKey) -> ConditionValue {
    var hash = UInt32(seed)
    for byte in key.description.utf8 { hash = hash &* 16_777_619 ^ UInt32(byte) }
    if flipped == key.name { hash = ~hash &* 2_654_435_761 }
    return switch hash >> 8 & 15 {
    case 0: .absent
    case 1: .unavailable
    case 2: .boolean(hash & 1 == 1)
    case 3: .integer(hash & 1 == 1 ? Int64.max - Int64(hash & 255) : Int64(hash & 255) - 128)
    case 4: PolicyDate(parsing: Array("2026-01-01T00:00:00Z".utf8)).map { .date($0) } ?? .absent
    case 5: .address(IPAddress(ipv4: [10, UInt8(hash & 255), 0, 1]))
    case 6: .address(IPAddress(ipv6: [UInt8](repeating: UInt8(hash & 255), count: 16)))
    case 7: .texts([])
    case 8: .texts(["a", "B", ByteString("\(hash & 7)")])
    case 9: .text("")
    case 10: .text("10.1.2.3")
    case 11: .text("2026-01-01T00:00:00Z")
    case 12: .text("true")
    case 13: .text(ByteString([0xFF, 0x2A, 0x3F, 0x24, 0x7B]))
    default: .text(ByteString("\(hash & 31)"))
    }
  }
}

/// `glob.match` with delimiters known when planning.
final class GlobMatchNode: TermNode, @unchecked Sendable {
  private let pattern: TermNode
  private let text: TermNode
  private let delimiters: Value
  /// Of `nearGlobs`.
  private let variant: UInt8
  /// The pattern, when it is known too.
  private let glob: Glob?
  /// Answers when an operand is no string, the function is replaced, or the pattern is wrong.
  private let call: BuiltinCallNode

  /// nil for delimiters that are rarely used.
  init?(_ operands: [TermNode], _ call: BuiltinCallNode) {
    guard operands.count == 3, let delimiters = operands[1].constant else { return nil }
    switch delimiters {
    case .null: variant = 0
    case .array(let array) where array.count == 1:
      guard case .string(.short(let text)) = array[0], text.length == 1, text.low < 0x80 else { return nil }
      variant = UInt8(truncatingIfNeeded: text.low) | 0x80
    default: return nil
    }
    (pattern, text, self.delimiters, self.call) = (operands[0], operands[2], delimiters, call)
    if case .string(let text)? = operands[0].constant {
      do throws(BuiltinError) { glob = try PatternBuiltins.glob(text, delimiters) } catch { glob = nil }
    } else {
      glob = nil
    }
  }

  override func value(_ frame: Frame) -> Value { matches(frame).map { .boolean($0) } ?? call.value(frame) }
  override func holds(_ frame: Frame) -> Bool { matches(frame) ?? call.holds(frame) }

  /// nil when `call` has to answer.
  @inline(__always)
  private func matches(_ frame: Frame) -> Bool? {
    let machine = frame.machine
    if machine.pointee.world.overrides != nil { return nil }
    return text.look(frame) { text in
      guard case .string(let text) = text.pointee, machine.pointee.chargeInstructions(text.byteCount / 8) else {
        return nil
      }
      if let glob { return glob.matches(text) }
      return pattern.look(frame) { pattern in
        guard case .string(let pattern) = pattern.pointee else { return nil }
        return glob(pattern, machine.pointee.session.cache)?.matches(text)
      }
    }
  }

  @inline(__always)
  private func glob(_ pattern: Text, _ cache: BuiltinCache) -> Glob? {
    if let found = cache.nearGlobs.find(pattern, variant: variant) { return found }
    return made(pattern, cache)
  }

  @inline(never)
  private func made(_ pattern: Text, _ cache: BuiltinCache) -> Glob? {
    do throws(BuiltinError) {
      let glob = try PatternBuiltins.glob(pattern, delimiters, cache)
      cache.nearGlobs.keep(glob, for: pattern, variant: variant)
      return glob
    } catch {
      return nil
    }
  }
}

/// `net.cidr_contains` of an address.
final class NetworkContainsNode: TermNode, @unchecked Sendable {
  private let network: TermNode
  private let address: TermNode
  /// Answers when an operand is something else, the function is replaced, or the network is wrong.
  private let call: BuiltinCallNode

  init?(_ operands: [TermNode], _ call: BuiltinCallNode) {
    guard operands.count == 2 else { return nil }
    (network, address, self.call) = (operands[0], operands[1], call)
  }

  override func value(_ frame: Frame) -> Value { contains(frame).map { .boolean($0) } ?? call.value(frame) }
  override func holds(_ frame: Frame) -> Bool { contains(frame) ?? call.holds(frame) }

  /// nil when `call` has to answer.
  @inline(__always)
  private func contains(_ frame: Frame) -> Bool? {
    let machine = frame.machine
    if machine.pointee.world.overrides != nil { return nil }
    let cache = machine.pointee.session.cache
    return network.look(frame) { network in
      guard case .string(let text) = network.pointee else { return nil }
      guard let found = cache.nearNetworks.find(text, variant: 0) ?? made(text, cache) else { return nil }
      return address.look(frame) { address in
        guard case .string(let text) = address.pointee, let address = Self.address(text, cache) else { return nil }
        return found.contains(address)
      }
    }
  }

  @inline(never)
  private func made(_ text: Text, _ cache: BuiltinCache) -> Network? {
    do throws(BuiltinError) {
      let network = try NetworkBuiltins.network(text, cache)
      cache.nearNetworks.keep(network, for: text, variant: 0)
      return network
    } catch {
      return nil
    }
  }

  @inline(__always)
  private static func address(_ text: Text, _ cache: BuiltinCache) -> NetworkAddress? {
    if let last = cache.address, last.text == text { return last.address }
    return read(text, cache)
  }

  @inline(never)
  private static func read(_ text: Text, _ cache: BuiltinCache) -> NetworkAddress? {
    guard let address = text.withBytes({ NetworkAddress($0) }) else { return nil }
    cache.address = (text, address)
    return address
  }
}

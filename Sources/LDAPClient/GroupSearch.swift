import LDAPNames
import S3Model

/// Which groups somebody is in, level by level.
struct GroupSearch {
  struct Found {
    var names: Set<ByteString> = []
    var shortNames: Set<ByteString> = []
  }

  let groups: LDAPConfiguration.Groups
  let username: [UInt8]
  private var found = Found()

  /// Names in one question.
  private static let batchCount = 20

  init(_ groups: LDAPConfiguration.Groups, username: [UInt8]) {
    self.groups = groups
    self.username = username
  }

  /// - Parameter name: of the person, as the directory writes it.
  static func run(
    _ handle: LDAPHandle, _ groups: LDAPConfiguration.Groups, username: [UInt8], name: [UInt8]
  ) throws(LDAPError) -> Found {
    var search = GroupSearch(groups, username: username)
    var level = [name]
    var depth = 0
    while !level.isEmpty, depth <= groups.depthMax {
      level = try search.groups(of: level, handle)
      depth += 1
    }
    return search.found
  }

  /// Those that are new.
  private mutating func groups(of members: [[UInt8]], _ handle: LDAPHandle) throws(LDAPError) -> [[UInt8]] {
    var new: [[UInt8]] = []
    var start = 0
    while start < members.count {
      let batch = members[start..<min(start + Self.batchCount, members.count)]
      start += Self.batchCount
      let filters = batch.map { groups.filter.filled(name: username, distinguishedName: $0) }
      let filter = filters.count == 1 ? filters[0] : Array("(|".utf8) + filters.joined() + Array(")".utf8)
      for base in groups.bases {
        let answer = try handle.search(
          base: Array(base.utf8), scope: groups.scope == .one ? .one : .subtree, filter: filter,
          attributes: [groups.nameAttribute], countMax: groups.countMax)
        // Nobody's groups can be known there: policies may deny by them.
        guard !answer.isBaseMissing else { throw .unusable(reason: "`\(base)` is not there, or not to be seen") }
        guard !answer.isMore else { throw .unusable(reason: "more than \(groups.countMax) groups") }
        for entry in answer.entries {
          // A group that policies cannot name could be one that they deny.
          guard let name = DistinguishedName(entry.name) else { throw .unusable(reason: "a group's malformed name") }
          guard found.names.insert(name.text).inserted else { continue }
          guard found.names.count <= groups.countMax else {
            throw .unusable(reason: "more than \(groups.countMax) groups")
          }
          new.append(entry.name)
          for value in entry.values(groups.nameAttribute) { found.shortNames.insert(ByteString(value)) }
        }
      }
    }
    return new
  }
}

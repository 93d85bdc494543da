import Authorization
import JSON
import Logging
import S3Model
import Settings

/// What directories have said last, kept over restarts: the answers hold as long as they did before.
struct StandingsFile: Sendable {
  let path: String

  private static let bytesMax = 256 << 20

  /// - Parameter data: the data folder.
  init(data: String) { path = data + "/standings.json" }

  /// - Returns: none where there is no file, or none that can be read: directories are asked again then.
  func load(_ log: Logger) -> FederatedStandings {
    var standings = FederatedStandings()
    do {
      let bytes = try RegularFile.read(path, bytesMax: Self.bytesMax, protection: .secret)
      let document = try JSONValue(parsing: bytes, limits: JSONLimits(bytesMax: Self.bytesMax))
      for entry in document.array ?? [] {
        guard let object = entry.object, let provider = object["provider"]?.string,
          let subject = object["subject"]?.string, let time = object["as_of"]?.integer
        else { continue }
        let person = FederatedStandings.Person(providerID: ByteString(provider), subject: ByteString(subject))
        guard let claims = object["claims"]?.object else {
          standings[person] = .gone(asOfMilliseconds: time)
          continue
        }
        standings[person] = .current(
          subjectID: object["id"]?.string.map { ByteString($0) },
          claims: claims.members.map { member in
            (ByteString(member.name), (member.value.array ?? []).compactMap(\.string).map { ByteString($0) })
          }, asOfMilliseconds: time)
      }
    } catch FileFault.missing {
      return standings
    } catch {
      log.warning("what directories have said last cannot be read", metadata: ["error": "\(error)"])
    }
    return standings
  }

  /// Blocks.
  func save(_ standings: FederatedStandings, _ log: Logger) {
    var entries: [JSONValue] = []
    for person in standings.people {
      var object = JSONObject()
      object["provider"] = .string(person.providerID.text)
      object["subject"] = .string(person.subject.text)
      switch standings[person] {
      case nil: continue
      case .gone(let time): object["as_of"] = .integer(time)
      case .current(let subjectID, let claims, let time):
        object["as_of"] = .integer(time)
        if let subjectID { object["id"] = .string(subjectID.text) }
        var values = JSONObject()
        for claim in claims { values[claim.name.text] = .array(claim.values.map { .string($0.text) }) }
        object["claims"] = .object(values)
      }
      entries.append(.object(object))
    }
    do throws(FileFault) {
      try RegularFile.replace(path, JSONValue.array(entries).compact)
    } catch {
      log.warning("what directories have said is not kept", metadata: ["error": "\(error)"])
    }
  }
}

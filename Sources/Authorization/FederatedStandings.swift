import HashTreeCollections
public import S3Model

/// What providers that can be asked again have said last about people with living sessions. Part of the snapshot; a copy
/// shares everything, and no request waits for a provider.
public struct FederatedStandings: Sendable {
  public struct Person: Hashable, Sendable {
    /// Unique id.
    public var providerID: ByteString
    public var subject: ByteString

    public init(providerID: ByteString, subject: ByteString) {
      self.providerID = providerID
      self.subject = subject
    }
  }

  /// What a provider has answered.
  public enum Standing: Sendable {
    /// Still there, and may log in.
    /// - `subjectID`: another one is another person under the same name.
    /// - `asOf`: when it was asked, in milliseconds since 1970.
    case current(
      subjectID: ByteString?, claims: [(name: ByteString, values: [ByteString])], asOfMilliseconds: Int64)
    /// Removed, locked or expired.
    case gone(asOfMilliseconds: Int64)
  }

  private var standings = TreeDictionary<Person, Standing>()

  public init() {}

  public subscript(person: Person) -> Standing? {
    get { standings[person] }
    set { standings[person] = newValue }
  }

  public var people: [Person] { Array(standings.keys) }
}

/// Who a session or service account stands for at a provider, and since when that is known.
public struct FederatedSubject: Hashable, Sendable {
  /// Unique id.
  public var providerID: ByteString
  public var subject: ByteString
  /// Stable where names are used again: entryUUID, objectGUID.
  public var subjectID: ByteString?
  /// When the provider vouched, in milliseconds since 1970.
  public var vouchedMilliseconds: Int64

  public init(
    providerID: ByteString, subject: ByteString, subjectID: ByteString?, vouchedMilliseconds: Int64
  ) {
    self.providerID = providerID
    self.subject = subject
    self.subjectID = subjectID
    self.vouchedMilliseconds = vouchedMilliseconds
  }
}

extension AuthorizationSnapshot {
  /// Whether somebody whom a provider vouched for still counts: to be asked on every request.
  ///
  /// Costs one look-up for providers that can be asked again, next to nothing for others.
  /// - Throws: `identityGone`, `identityStale`.
  public func checkStanding(_ subject: FederatedSubject, atMilliseconds now: Int64) throws(SessionFault) {
    guard let staleMax = federatedProvider(id: subject.providerID)?.staleMillisecondsMax else { return }
    var asOf = subject.vouchedMilliseconds
    switch standings[FederatedStandings.Person(providerID: subject.providerID, subject: subject.subject)] {
    case nil: break
    case .gone(let time):
      // Who has logged in since is there again.
      if time >= asOf { throw .identityGone }
    case .current(let subjectID, _, let time):
      if time >= asOf {
        guard subjectID == subject.subjectID else { throw .identityGone }
        asOf = time
      }
    }
    let (age, overflows) = now.subtractingReportingOverflow(asOf)
    if overflows || age > staleMax { throw .identityStale }
  }

  /// What is known last: the standing's claims where they are later than the session's own.
  func currentClaims(
    _ subject: FederatedSubject, _ claims: [(name: ByteString, values: [ByteString])]
  ) -> [(name: ByteString, values: [ByteString])] {
    let person = FederatedStandings.Person(providerID: subject.providerID, subject: subject.subject)
    guard federatedProvider(id: subject.providerID)?.staleMillisecondsMax != nil,
      case .current(_, let current, let time) = standings[person], time >= subject.vouchedMilliseconds
    else { return claims }
    return current
  }
}

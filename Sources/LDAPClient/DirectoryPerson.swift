public import LDAPNames
public import S3Model

/// Somebody as a directory knows them. Only ``LDAPDirectory`` makes one.
public struct DirectoryPerson: Sendable {
  /// In its one form, whatever spelling the directory has.
  public let name: DistinguishedName
  /// What they call themselves, as the directory writes it.
  public let username: ByteString
  /// `entryUUID` or `objectGUID` in hexadecimal: another one is another person, whatever the name. Nil where the
  /// directory has neither.
  public let id: ByteString?
  /// In their one form, sorted.
  public let groups: [ByteString]
  /// What the groups call themselves, sorted.
  public let groupNames: [ByteString]
  /// The further attributes that were asked for, by their names there; none without values.
  public let attributes: [(name: String, values: [ByteString])]

  init(
    name: DistinguishedName, username: ByteString, id: ByteString?, groups: GroupSearch.Found,
    attributes: [(name: String, values: [ByteString])]
  ) {
    self.name = name
    self.username = username
    self.id = id
    self.groups = groups.names.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    groupNames = groups.shortNames.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    self.attributes = attributes
  }
}

/// What a directory says of somebody who came before.
public enum DirectoryStanding: Sendable {
  case current(DirectoryPerson)
  /// Not there any more, not to be found by the settings any more, another person of that name, or not to be let in.
  case gone(LDAPRefusal)
}

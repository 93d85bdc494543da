/// Every builtin by name. Each family adds its list in its own file (`Builtins+Strings.swift` …).
public enum BuiltinTable {
  static let families: [[Builtin]] = [
    PatternBuiltins.all, NetworkBuiltins.all, TimeBuiltins.all,
    OperatorBuiltins.all, AggregateBuiltins.all, NumberBuiltins.all, TypeBuiltins.all, CollectionBuiltins.all,
    ObjectBuiltins.all, StringBuiltins.all, EncodingBuiltins.all, JSONBuiltins.all, GraphBuiltins.all,
    UnitBuiltins.all, IdentifierBuiltins.all, OutputBuiltins.all, UnsupportedBuiltins.all,
    DocumentBuiltins.all, URIBuiltins.all, SchemaBuiltins.all, TemplateBuiltins.all,
    CryptoBuiltins.all, CertificateBuiltins.all, TokenBuiltins.all, TokenSigningBuiltins.all, ProviderBuiltins.all,
  ]

  public static let all: [String: Builtin] = {
    var table: [String: Builtin] = [:]
    for builtin in families.joined() {
      precondition(table.updateValue(builtin, forKey: builtin.name) == nil, "two builtins named \(builtin.name)")
    }
    return table
  }()
}

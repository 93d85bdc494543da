/// A static type, as OPA's type checker and capabilities describe them. Source: OPA v1/types.
public indirect enum TypeDescription: Sendable, Equatable {
  case any
  case null, boolean, number, string
  /// The fixed elements, then any number of `rest` when there is one.
  case array(fixed: [TypeDescription], rest: TypeDescription?)
  case set(of: TypeDescription)
  /// Members known by name, then any members of types `dynamic`.
  case object(fixed: [ObjectMember], dynamic: ObjectDynamic?)
  /// One of these. Empty: nothing is known to fit (never).
  case anyOf([TypeDescription])
  case function(arguments: [TypeDescription], result: TypeDescription)

  public struct ObjectMember: Sendable, Equatable {
    public var key: Value
    public var value: TypeDescription
    public init(key: Value, value: TypeDescription) {
      self.key = key
      self.value = value
    }
  }

  public struct ObjectDynamic: Sendable, Equatable {
    public var key: TypeDescription
    public var value: TypeDescription
    public init(key: TypeDescription, value: TypeDescription) {
      self.key = key
      self.value = value
    }
  }

  public static func array(of element: TypeDescription) -> TypeDescription { .array(fixed: [], rest: element) }
  public static func object(_ key: TypeDescription, _ value: TypeDescription) -> TypeDescription {
    .object(fixed: [], dynamic: ObjectDynamic(key: key, value: value))
  }
}

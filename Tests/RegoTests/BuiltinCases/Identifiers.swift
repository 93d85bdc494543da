// Expectations are what OPA 1.20.2 answers.
extension BuiltinTests {
  static let identifiers: [(call: String, expected: String)] = [
    (#"uuid.parse("00000000-0000-0000-0000-000000000000")"#, #"{"variant": "Reserved", "version": 0}"#),
    (#"uuid.parse("bad")"#, #"undefined"#),
    (#"uuid.parse("f47ac10b-58cc-4372-8567-0e02b2c3d479")"#, #"{"variant": "RFC4122", "version": 4}"#),
    (
      #"uuid.parse("urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8")"#,
      #"{"clocksequence": 180, "macvariables": "global:unicast", "nodeid": "00-c0-4f-d4-30-c8", "time": 886630433151182400, "variant": "RFC4122", "version": 1}"#
    ),
    (
      #"uuid.parse("{6ba7b810-9dad-11d1-80b4-00c04fd430c8}")"#,
      #"{"clocksequence": 180, "macvariables": "global:unicast", "nodeid": "00-c0-4f-d4-30-c8", "time": 886630433151182400, "variant": "RFC4122", "version": 1}"#
    ),
    (
      #"uuid.parse("6ba7b8109dad11d180b400c04fd430c8")"#,
      #"{"clocksequence": 180, "macvariables": "global:unicast", "nodeid": "00-c0-4f-d4-30-c8", "time": 886630433151182400, "variant": "RFC4122", "version": 1}"#
    ),
    (
      #"uuid.parse("000003e8-48b9-21ee-b200-325096b39f47")"#,
      #"{"clocksequence": 12800, "domain": "Person", "id": 1000, "macvariables": "local:unicast", "nodeid": "32-50-96-b3-9f-47", "time": 1693566990121469600, "variant": "RFC4122", "version": 2}"#
    ),
    (#"uuid.parse("6ba7b810-9dad-61d1-80b4-00c04fd430c8")"#, #"{"variant": "RFC4122", "version": 6}"#),
    (#"uuid.parse("6ba7b810-9dad-71d1-c0b4-00c04fd430c8")"#, #"{"variant": "Microsoft", "version": 7}"#),
    (#"uuid.parse("1ec9414c-232a-6b00-b3c8-9e6bdeced846")"#, #"{"variant": "RFC4122", "version": 6}"#),
    (#"count(uuid.rfc4122("a"))"#, #"36"#),
    (#"uuid.rfc4122("a") == uuid.rfc4122("a")"#, #"true"#),
    (#"uuid.rfc4122("a") == uuid.rfc4122("b")"#, #"false"#),
    (#"trace("a")"#, #"true"#),
    (#"internal.template_string(["a", {1}, set(), {"x"}, 2, "z"])"#, #""a1<undefined>x2z""#),
  ]
}

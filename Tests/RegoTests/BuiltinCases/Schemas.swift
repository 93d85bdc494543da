// Expectations are what OPA 1.20.2 answers.
extension BuiltinTests {
  static let schemas: [(call: String, expected: String)] = [
    (
      #"json.match_schema({"a": 1, "b": 2}, {"additionalProperties": false, "properties": {"a": {}}, "minProperties": 3, "maxProperties": 1})"#,
      #"! eval_builtin_error: json.match_schema: minProperties cannot be greater than maxProperties"#
    ),
    (
      #"json.match_schema({"a": 1}, {"anyOf": [{"type": "string"}, {"required": ["b"]}], "oneOf": [{"type": "object"}, {"required": ["a"]}], "allOf": [{"required": ["c"]}], "not": {"type": "object"}})"#,
      #"[false, [{"desc": "Must validate at least one schema (anyOf)", "error": "(Root): Must validate at least one schema (anyOf)", "field": "(Root)", "type": "number_any_of"}, {"desc": "b is required", "error": "(Root): b is required", "field": "(Root)", "type": "required"}, {"desc": "Must validate one and only one schema (oneOf)", "error": "(Root): Must validate one and only one schema (oneOf)", "field": "(Root)", "type": "number_one_of"}, {"desc": "c is required", "error": "(Root): c is required", "field": "(Root)", "type": "required"}, {"desc": "Must validate all the schemas (allOf)", "error": "(Root): Must validate all the schemas (allOf)", "field": "(Root)", "type": "number_all_of"}, {"desc": "Must not validate the schema (not)", "error": "(Root): Must not validate the schema (not)", "field": "(Root)", "type": "number_not"}]]"#
    ),
    (
      #"json.match_schema({"a": {"b": {"c": "x"}}}, {"properties": {"a": {"properties": {"b": {"properties": {"c": {"type": "number"}}}}}}})"#,
      #"[false, [{"desc": "Invalid type. Expected: number, given: string", "error": "a.b.c: Invalid type. Expected: number, given: string", "field": "a.b.c", "type": "invalid_type"}]]"#
    ),
    (
      #"json.match_schema({"a": 5}, {"properties": {"a": {"const": 6}}, "if": {"properties": {"a": {"const": 5}}}, "then": {"required": ["t"]}, "else": {"required": ["e"]}})"#,
      #"[false, [{"desc": "Must validate \"then\" as \"if\" was valid", "error": "(Root): Must validate \"then\" as \"if\" was valid", "field": "(Root)", "type": "condition_then"}, {"desc": "t is required", "error": "(Root): t is required", "field": "(Root)", "type": "required"}, {"desc": "a does not match: 6", "error": "a: a does not match: 6", "field": "a", "type": "const"}]]"#
    ),
    (
      ##"json.match_schema({"a": 1}, {"$ref": "#/definitions/x", "definitions": {"x": {"required": ["q"]}}})"##,
      #"[false, [{"desc": "q is required", "error": "(Root): q is required", "field": "(Root)", "type": "required"}]]"#
    ),
    (
      ##"json.match_schema({"a": 1}, {"properties": {"a": {"$ref": "#/definitions/x"}}, "definitions": {"x": {"type": ["string", "null"]}}})"##,
      #"[false, [{"desc": "Invalid type. Expected: [string,null], given: integer", "error": "a: Invalid type. Expected: [string,null], given: integer", "field": "a", "type": "invalid_type"}]]"#
    ),
    (
      #"json.match_schema({"ab": 1, "x": 1}, {"patternProperties": {"^a": {"type": "string"}}, "propertyNames": {"minLength": 2}, "dependencies": {"x": ["y"]}})"#,
      #"[false, [{"desc": "Has a dependency on y", "error": "(Root): Has a dependency on y", "field": "(Root)", "type": "missing_dependency"}, {"desc": "Invalid type. Expected: string, given: integer", "error": "ab: Invalid type. Expected: string, given: integer", "field": "ab", "type": "invalid_type"}, {"desc": "Property name of \"x\" does not match", "error": "(Root): Property name of \"x\" does not match", "field": "(Root)", "type": "invalid_property_name"}, {"desc": "String length must be greater than or equal to 2", "error": "(Root): String length must be greater than or equal to 2", "field": "(Root)", "type": "string_gte"}]]"#
    ),
    (#"json.match_schema("5", {"type": "integer"})"#, #"[true, []]"#),
    (#"json.match_schema("{", {"type": "integer"})"#, #"! eval_builtin_error: json.match_schema: invalid JSON string"#),
    (
      #"json.match_schema({"a": 1}, "{\"type\": \"array\"}")"#,
      #"[false, [{"desc": "Invalid type. Expected: array, given: object", "error": "(Root): Invalid type. Expected: array, given: object", "field": "(Root)", "type": "invalid_type"}]]"#
    ),
    (
      #"json.match_schema({"a": 7}, {"properties": {"a": {"exclusiveMaximum": 7, "exclusiveMinimum": 7}}})"#,
      #"[false, [{"desc": "Must be less than 7", "error": "a: Must be less than 7", "field": "a", "type": "number_lt"}, {"desc": "Must be greater than 7", "error": "a: Must be greater than 7", "field": "a", "type": "number_gt"}]]"#
    ),
    (#"json.match_schema({"a": 1.0}, {"properties": {"a": {"type": "integer"}}})"#, #"[true, []]"#),
    (
      #"json.match_schema({"a": "x"}, {"properties": {"a": {"format": "ipv4"}}})"#,
      #"[false, [{"desc": "Does not match format 'ipv4'", "error": "a: Does not match format 'ipv4'", "field": "a", "type": "format"}]]"#
    ),
    (
      #"json.match_schema({"a": null}, {"properties": {"a": {"type": ["string", "integer"]}}})"#,
      #"[false, [{"desc": "Invalid type. Expected: [string,integer], given: null", "error": "a: Invalid type. Expected: [string,integer], given: null", "field": "a", "type": "invalid_type"}]]"#
    ),
    (
      #"json.match_schema({"a": 1}, {"properties": {"a": false}})"#,
      #"[false, [{"desc": "False always fails validation", "error": "a: False always fails validation", "field": "a", "type": "false"}]]"#
    ),
    (
      #"json.match_schema({"a": 1}, {"dependencies": {"a": {"required": ["b"]}}})"#,
      #"[false, [{"desc": "b is required", "error": "(Root): b is required", "field": "(Root)", "type": "required"}]]"#
    ),
    (
      #"json.verify_schema({"type": 5})"#,
      #"[false, "jsonschema: Invalid type. Expected: type, given: string/Array Of Strings"]"#
    ),
    (
      #"json.verify_schema({"type": "object", "properties": 5})"#,
      #"[false, "jsonschema: Properties must be of type object"]"#
    ),
    (#"json.verify_schema({"required": "a"})"#, #"[false, "jsonschema: required must be of an array"]"#),
    (
      #"json.verify_schema({"required": [1]})"#,
      #"[false, "jsonschema: Invalid type. Expected: string, given: required"]"#
    ),
    (#"json.verify_schema({"minimum": "a"})"#, #"[false, "jsonschema: minimum must be of a Number"]"#),
    (
      #"json.verify_schema({"minLength": -1})"#, #"[false, "jsonschema: minLength must be greater than or equal to 0"]"#
    ),
    (#"json.verify_schema({"pattern": "("})"#, #"[false, "jsonschema: pattern must be a valid regex"]"#),
    (##"json.verify_schema({"$ref": "#/definitions/x"})"##, #"[false, "jsonschema: Object has no key 'definitions'"]"#),
    (#"json.verify_schema({"enum": []})"#, #"[true, null]"#),
    (#"json.verify_schema({"enum": [1,1]})"#, #"[false, "jsonschema: enum items must be unique"]"#),
    (
      #"json.verify_schema({"items": 5})"#,
      #"[false, "jsonschema: Invalid type. Expected: Valid Schema/Array Of Schemas, given: items"]"#
    ),
    (#"json.verify_schema({"allOf": []})"#, #"[true, null]"#),
    (#"json.verify_schema("not json")"#, #"[false, "jsonschema: invalid JSON string"]"#),
    (#"json.verify_schema({"minimum": 5, "exclusiveMinimum": true})"#, #"[true, null]"#),
    (#"json.verify_schema({"multipleOf": 0})"#, #"[false, "jsonschema: multipleOf must be strictly greater than 0"]"#),
    (#"json.verify_schema({"type": ["string", "string"]})"#, #"[false, "jsonschema: string type is duplicated"]"#),
    (#"json.verify_schema({})"#, #"[true, null]"#),
    (
      #"json.verify_schema({"additionalProperties": 5})"#,
      #"[false, "jsonschema: Invalid type. Expected: boolean/Valid Schema, given: additionalProperties"]"#
    ),
    (
      #"json.match_schema({"n": 5.5}, {"properties": {"n": {"maximum": 5, "multipleOf": 2}}})"#,
      #"[false, [{"desc": "Must be a multiple of 2", "error": "n: Must be a multiple of 2", "field": "n", "type": "multiple_of"}, {"desc": "Must be less than or equal to 5", "error": "n: Must be less than or equal to 5", "field": "n", "type": "number_lte"}]]"#
    ),
    (
      #"json.match_schema({"n": 5}, {"properties": {"n": {"minimum": 6}}})"#,
      #"[false, [{"desc": "Must be greater than or equal to 6", "error": "n: Must be greater than or equal to 6", "field": "n", "type": "number_gte"}]]"#
    ),
    (
      #"json.match_schema({"n": 6}, {"properties": {"n": {"minimum": 6, "exclusiveMinimum": true}}})"#,
      #"[false, [{"desc": "Must be greater than 6", "error": "n: Must be greater than 6", "field": "n", "type": "number_gt"}]]"#
    ),
    (
      #"json.match_schema({"a": [1,"x",1]}, {"properties": {"a": {"items": {"type": "number"}, "uniqueItems": true, "minItems": 4}}})"#,
      #"[false, [{"desc": "Invalid type. Expected: number, given: string", "error": "a.1: Invalid type. Expected: number, given: string", "field": "a.1", "type": "invalid_type"}, {"desc": "Array must have at least 4 items", "error": "a: Array must have at least 4 items", "field": "a", "type": "array_min_items"}, {"desc": "array items[0,2] must be unique", "error": "a: array items[0,2] must be unique", "field": "a", "type": "unique"}]]"#
    ),
    (
      #"json.match_schema({"a": [1,2,3]}, {"properties": {"a": {"maxItems": 2}}})"#,
      #"[false, [{"desc": "Array must have at most 2 items", "error": "a: Array must have at most 2 items", "field": "a", "type": "array_max_items"}]]"#
    ),
    (
      #"json.match_schema({"s": "abc"}, {"properties": {"s": {"minLength": 5, "pattern": "^x", "enum": ["q", 1]}}})"#,
      #"[false, [{"desc": "s must be one of the following: \"q\", 1", "error": "s: s must be one of the following: \"q\", 1", "field": "s", "type": "enum"}, {"desc": "String length must be greater than or equal to 5", "error": "s: String length must be greater than or equal to 5", "field": "s", "type": "string_gte"}, {"desc": "Does not match pattern '^x'", "error": "s: Does not match pattern '^x'", "field": "s", "type": "pattern"}]]"#
    ),
    (
      #"json.match_schema({"s": "abc"}, {"properties": {"s": {"maxLength": 2}}})"#,
      #"[false, [{"desc": "String length must be less than or equal to 2", "error": "s: String length must be less than or equal to 2", "field": "s", "type": "string_lte"}]]"#
    ),
    (
      #"json.match_schema({"a": 1, "b": 2}, {"additionalProperties": false, "properties": {"a": {}}, "minProperties": 3})"#,
      #"[false, [{"desc": "Must have at least 3 properties", "error": "(Root): Must have at least 3 properties", "field": "(Root)", "type": "array_min_properties"}, {"desc": "Additional property b is not allowed", "error": "(Root): Additional property b is not allowed", "field": "(Root)", "type": "additional_property_not_allowed"}]]"#
    ),
    (
      #"json.match_schema({"a": 1, "b": "x"}, {"additionalProperties": {"type": "string"}})"#,
      #"[false, [{"desc": "Invalid type. Expected: string, given: integer", "error": "a: Invalid type. Expected: string, given: integer", "field": "a", "type": "invalid_type"}]]"#
    ),
    (
      #"json.match_schema({"a": 1, "b": 2}, {"maxProperties": 1})"#,
      #"[false, [{"desc": "Must have at most 1 properties", "error": "(Root): Must have at most 1 properties", "field": "(Root)", "type": "array_max_properties"}]]"#
    ),
    (
      #"json.match_schema({"a": [1,2,"x"]}, {"properties": {"a": {"items": [{"type": "string"}], "additionalItems": {"type": "number"}}}})"#,
      #"[false, [{"desc": "Invalid type. Expected: string, given: integer", "error": "a.0: Invalid type. Expected: string, given: integer", "field": "a.0", "type": "invalid_type"}, {"desc": "Invalid type. Expected: number, given: string", "error": "a.2: Invalid type. Expected: number, given: string", "field": "a.2", "type": "invalid_type"}]]"#
    ),
    (
      #"json.match_schema({"a": [1,2]}, {"properties": {"a": {"items": [{"type": "number"}], "additionalItems": false}}})"#,
      #"[false, [{"desc": "No additional items allowed on array", "error": "a: No additional items allowed on array", "field": "a", "type": "array_no_additional_items"}]]"#
    ),
    (
      #"json.match_schema({"a": [1,2]}, {"properties": {"a": {"contains": {"type": "string"}}}})"#,
      #"[false, [{"desc": "At least one of the items must match", "error": "a: At least one of the items must match", "field": "a", "type": "contains"}, {"desc": "Invalid type. Expected: string, given: integer", "error": "a.0: Invalid type. Expected: string, given: integer", "field": "a.0", "type": "invalid_type"}]]"#
    ),
    (
      #"json.match_schema({"a": 1}, {"oneOf": [{"required": ["x"]}, {"required": ["y"]}]})"#,
      #"[false, [{"desc": "Must validate one and only one schema (oneOf)", "error": "(Root): Must validate one and only one schema (oneOf)", "field": "(Root)", "type": "number_one_of"}, {"desc": "x is required", "error": "(Root): x is required", "field": "(Root)", "type": "required"}]]"#
    ),
    (
      #"json.match_schema({"a": 5}, {"if": {"required": ["b"]}, "then": {}, "else": {"required": ["c"]}})"#,
      #"[false, [{"desc": "Must validate \"else\" as \"if\" was not valid", "error": "(Root): Must validate \"else\" as \"if\" was not valid", "field": "(Root)", "type": "condition_else"}, {"desc": "c is required", "error": "(Root): c is required", "field": "(Root)", "type": "required"}]]"#
    ),
    (#"json.match_schema({"a": 0.3}, {"properties": {"a": {"multipleOf": 0.1}}})"#, #"[true, []]"#),
    (
      ##"json.match_schema({"a": {"c": {"c": 1}}}, {"properties": {"a": {"$ref": "#/definitions/n"}}, "definitions": {"n": {"type": "object", "properties": {"c": {"$ref": "#/definitions/n"}}}}})"##,
      #"[false, [{"desc": "Invalid type. Expected: object, given: integer", "error": "a.c.c: Invalid type. Expected: object, given: integer", "field": "a.c.c", "type": "invalid_type"}]]"#
    ),
    (
      #"json.match_schema({"a": "2024-02-30"}, {"properties": {"a": {"format": "date"}}})"#,
      #"[false, [{"desc": "Does not match format 'date'", "error": "a: Does not match format 'date'", "field": "a", "type": "format"}]]"#
    ),
    (#"json.match_schema({"a": "::1"}, {"properties": {"a": {"format": "ipv6"}}})"#, #"[true, []]"#),
    (
      #"json.match_schema({"a": true}, {"properties": {"a": {"enum": [false, null, "x"]}}})"#,
      #"[false, [{"desc": "a must be one of the following: false, null, \"x\"", "error": "a: a must be one of the following: false, null, \"x\"", "field": "a", "type": "enum"}]]"#
    ),
    (#"json.match_schema({"a": {1,2}}, {"properties": {"a": {"type": "array"}}})"#, #"[true, []]"#),
  ]
}

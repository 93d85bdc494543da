import Rego
import Testing

/// Modules that OPA refuses, with all that it says about them, excerpts left out.
@Suite struct RefusedModuleTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    var module: String
    var errors: String
    var testDescription: String { module }
  }

  static let refusals: [Refusal] = {
    let parts = (table + "\n").split(separator: "---\n", omittingEmptySubsequences: true)
    return stride(from: 0, to: parts.count - 1, by: 2).map { index in
      Refusal(module: String(parts[index].dropLast()), errors: String(parts[index + 1].drop { $0 == "\n" }))
    }
  }()

  @Test(arguments: refusals)
  func refusesAsOPA(_ refusal: Refusal) {
    let source = Source(name: "", text: refusal.module)
    do throws(RegoErrors) {
      _ = try RegoParser.parseModule(source)
      Issue.record("read")
    } catch {
      let rows = error.errors.map { "\($0.location.row): \($0.code.rawValue): \($0.message)" }
      #expect(rows.joined(separator: "\n") == refusal.errors.trimmingHeader)
      for problem in error.errors {
        #expect(problem.render(sources: [source]).split(separator: "\n").last?.hasSuffix("^") == true)
      }
    }
  }

  struct Hostile: Sendable, CustomTestStringConvertible {
    var start = "p := "
    var repeated: String
    var count = 100_000
    var end = ""
    var testDescription: String { "\(start)(\(repeated))×\(count)\(end.prefix(8))" }
  }

  /// A hostile module is refused, in time that grows with its length only, and without exhausting the stack.
  @Test(arguments: [
    Hostile(repeated: "["), Hostile(repeated: "("), Hostile(repeated: "{"), Hostile(repeated: "{1: "),
    Hostile(repeated: "f("), Hostile(repeated: "x["), Hostile(repeated: "-x+", end: "1"),
    Hostile(repeated: "1 + ", end: "1"), Hostile(repeated: "[a | "), Hostile(repeated: "{a: b | "),
    Hostile(repeated: "[a | ", count: 300, end: "," + String(repeating: "]", count: 300)),
    Hostile(repeated: "{a: b | ", count: 300, end: "," + String(repeating: "}", count: 300)),
    Hostile(repeated: "[a | [b, ", count: 150), Hostile(repeated: "(a, "), Hostile(repeated: "$\"{"),
    Hostile(start: "p if { ", repeated: "every x in y { "), Hostile(repeated: "a.b(c).", end: "d"),
    Hostile(start: "p if ", repeated: "{"),
    Hostile(start: "p := 1 if x ", repeated: "else := 2 if { y } ", count: 20_000, end: "else"),
    Hostile(start: "# METADATA\n# custom: ", repeated: "[", count: 20_000, end: "\np := 1"),
    Hostile(start: "# METADATA\n# a: &x [1]\n# custom: {b: ", repeated: "*x", count: 1, end: "}\np := 1"),
  ])
  func boundsHostileModules(_ hostile: Hostile) {
    let text = hostile.start + String(repeating: hostile.repeated, count: hostile.count) + hostile.end
    #expect(throws: RegoErrors.self) { try RegoParser.parseModule(Source(name: "", text: "package a\n" + text)) }
  }

  @Test func boundsLength() {
    let source = Source(name: "", text: "package a\np := [1, 2, 3]")
    let short = RegoParser.Limits(byteCountMax: 10)
    #expect(throws: RegoErrors.self) { try RegoParser.parseModule(source, limits: short) }
    let few = RegoParser.Limits(tokenCountMax: 8)
    #expect(throws: RegoErrors.self) { try RegoParser.parseModule(source, limits: few) }
    #expect(throws: Never.self) { try RegoParser.parseModule(source) }
  }

  private static let table = #"""
    ---
    p := 1
    ---
    1 error occurred: 1: rego_parse_error: package expected
    ---
    package a
    p if {
    ---
    1 error occurred: 2: rego_parse_error: unexpected eof token
    ---
    package a
    p := [1, 2
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected eof token: expected "," or "]"
    2: rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := {"a": 1
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected eof token: non-terminated object
    2: rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := "abc
    ---
    3 errors occurred:
    2: rego_parse_error: non-terminated string
    2: rego_parse_error: illegal token
    2: rego_parse_error: illegal token
    ---
    package a
    p := `abc
    ---
    3 errors occurred:
    2: rego_parse_error: non-terminated string
    2: rego_parse_error: illegal token
    2: rego_parse_error: illegal token
    ---
    package a
    p := "\x"
    ---
    3 errors occurred:
    2: rego_parse_error: illegal escape sequence
    2: rego_parse_error: illegal token
    2: rego_parse_error: illegal token
    ---
    package a
    p := 01
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected number token: expected number without leading zero
    2: rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := 1a
    ---
    3 errors occurred:
    2: rego_parse_error: illegal number format
    2: rego_parse_error: illegal token
    2: rego_parse_error: illegal token
    ---
    package a
    p := 1.
    ---
    3 errors occurred:
    2: rego_parse_error: expected fraction
    2: rego_parse_error: illegal token
    2: rego_parse_error: illegal token
    ---
    package a
    p := 1e
    ---
    3 errors occurred:
    2: rego_parse_error: expected exponent
    2: rego_parse_error: illegal token
    2: rego_parse_error: illegal token
    ---
    package a
    p := --1
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected minus token: expected number
    2: rego_parse_error: unexpected minus token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := 1e40000
    ---
    2 errors occurred:
    2: rego_parse_error: number too big
    2: rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := !x
    ---
    3 errors occurred:
    2: rego_parse_error: illegal ! character
    2: rego_parse_error: illegal token
    2: rego_parse_error: illegal token
    ---
    package a
    p := $x
    ---
    3 errors occurred:
    2: rego_parse_error: illegal $ character
    2: rego_parse_error: illegal token
    2: rego_parse_error: illegal token
    ---
    package a
    p := @
    ---
    2 errors occurred:
    2: rego_parse_error: illegal token
    2: rego_parse_error: illegal token
    ---
    package a
    p { x }
    ---
    1 error occurred: 2: rego_parse_error: `if` keyword is required before rule body
    ---
    package a
    p[x] { x := 1 }
    ---
    2 errors occurred:
    2: rego_parse_error: `if` keyword is required before rule body
    2: rego_parse_error: `contains` keyword is required for partial set rules
    ---
    package a
    p[x]
    ---
    1 error occurred: 2: rego_parse_error: `contains` keyword is required for partial set rules
    ---
    package a
    p
    ---
    1 error occurred: 2: rego_parse_error: var cannot be used for rule name
    ---
    package a
    p.q.r
    ---
    1 error occurred: 2: rego_parse_error: rule must have value assignment and/or body declaration
    ---
    package a
    not p
    ---
    1 error occurred: 2: rego_parse_error: negated expressions cannot be used for rule head
    ---
    package a
    p; q
    ---
    1 error occurred: 2: rego_parse_error: multiple expressions cannot be used for rule head
    ---
    package a
    p == 1
    ---
    1 error occurred: 2: rego_parse_error: rule name conflicts with built-in function
    ---
    package a
    1 := 2
    ---
    1 error occurred: 2: rego_parse_error: number cannot be used for rule name
    ---
    package a
    some x
    ---
    1 error occurred: 2: rego_parse_error: 'some' declarations cannot be used for rule head
    ---
    package a
    default p := x
    ---
    1 error occurred: 2: rego_parse_error: illegal default rule (value cannot contain var)
    ---
    package a
    default p := input.x
    ---
    1 error occurred: 2: rego_parse_error: illegal default rule (value cannot contain ref)
    ---
    package a
    default p := f(1)
    ---
    1 error occurred: 2: rego_parse_error: illegal default rule (value cannot contain call)
    ---
    package a
    default f(x, x) := 1
    ---
    1 error occurred: 2: rego_parse_error: illegal default rule (arguments cannot be repeated x)
    ---
    package a
    default f(1) := 1
    ---
    1 error occurred: 2: rego_parse_error: illegal default rule (arguments cannot contain number)
    ---
    package a
    import foo
    ---
    1 error occurred: 2: rego_parse_error: unexpected import path, must begin with one of: {data, future, input, rego}, got: foo (hint: if this is unexpected, try updating OPA)
    ---
    package a
    import data.a.b[x]
    ---
    1 error occurred: 2: rego_parse_error: unexpected var token: expecting string
    ---
    package a
    import future.x
    ---
    1 error occurred: 2: rego_parse_error: invalid import, must be `future.keywords`
    ---
    package a
    import future.keywords as x
    ---
    1 error occurred: 2: rego_parse_error: `future` imports cannot be aliased
    ---
    package a
    import rego.v2
    ---
    1 error occurred: 2: rego_parse_error: invalid import `rego.v2`, must be `rego.v1`
    ---
    package a
    import data.if
    ---
    1 error occurred: 2: rego_parse_error: unexpected import path, must not end with a keyword, got: if (hint: import a different path or use an alias)
    ---
    package a
    import data.x as
    ---
    1 error occurred: 2: rego_parse_error: unexpected eof token: expected var
    ---
    package a
    package b
    ---
    1 error occurred: 2: rego_parse_error: unexpected package
    ---
    package a[1]
    ---
    1 error occurred: 1: rego_parse_error: unexpected number token: expecting string
    ---
    package
    ---
    1 error occurred: 1: rego_parse_error: unexpected eof token
    ---
    import
    ---
    1 error occurred: 1: rego_parse_error: unexpected eof token
    ---
    package a
    p if some x in
    ---
    1 error occurred: 2: rego_parse_error: unexpected in keyword
    ---
    package a
    p if { some 1 }
    ---
    1 error occurred: 2: rego_parse_error: unexpected number token: expected var
    ---
    package a
    p if { some f(x) }
    ---
    1 error occurred: 2: rego_parse_error: unexpected } token: expected `x in xs` or `x, y in xs` expression
    ---
    package a
    p if { every x { y } }
    ---
    1 error occurred: 2: rego_parse_error: unexpected { token: expected `x[, y] in xs { ... }` expression
    ---
    package a
    p if { every 1 in y { z } }
    ---
    1 error occurred: 2: rego_parse_error: unexpected { token: expected value to be a variable
    ---
    package a
    p if { every x in y }
    ---
    1 error occurred: 2: rego_parse_error: unexpected } token: missing body
    ---
    package a
    p if not some x
    ---
    1 error occurred: 2: rego_parse_error: unexpected some keyword: illegal negation of 'some'
    ---
    package a
    p if { x with y }
    ---
    1 error occurred: 2: rego_parse_error: unexpected } token: expected as keyword
    ---
    package a
    p if { x with 1 as 2 }
    ---
    1 error occurred: 2: rego_parse_error: unexpected number token: expected ident
    ---
    package a
    p if { x with input as }
    ---
    1 error occurred: 2: rego_parse_error: unexpected } token
    ---
    package a
    p if x y
    ---
    1 error occurred: 2: rego_parse_error: var cannot be used for rule name
    ---
    package a
    p if { x y }
    ---
    1 error occurred: 2: rego_parse_error: unexpected identifier token: expected \n or ; or }
    ---
    package a
    p := 1 if x else
    ---
    1 error occurred: 2: rego_parse_error: unexpected eof token: expected else value term or rule body
    ---
    package a
    p := 1 if x else y
    ---
    1 error occurred: 2: rego_parse_error: unexpected identifier token: expected else value term or rule body
    ---
    package a
    p contains 1 if x else := 2
    ---
    1 error occurred: 2: rego_parse_error: else keyword cannot be used on multi-value rules
    ---
    package a
    p[x] := 1 if x else := 2
    ---
    1 error occurred: 2: rego_parse_error: else keyword cannot be used on rules with variables in head
    ---
    package a
    p := (1
    ---
    2 errors occurred:
    2: rego_parse_error: non-terminated expression
    2: rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := (1, 2)
    ---
    2 errors occurred:
    2: rego_parse_error: non-terminated expression
    2: rego_parse_error: unexpected , token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := f(1
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected eof token: expected "," or ")"
    2: rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := f(1 2)
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected number token: expected "," or ")"
    2: rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := x.
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected eof token: expected identifier
    2: rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := x.1
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected number token: expected identifier
    2: rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := x[
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected eof token
    2: rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := x[1
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected eof token: expected [
    2: rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := "a".b
    ---
    1 error occurred: 2: rego_parse_error: illegal ref (head cannot be string)
    ---
    package a
    p := 1[0]
    ---
    1 error occurred: 2: rego_parse_error: illegal ref (head cannot be number)
    ---
    package a
    p := (input)[0]
    ---
    1 error occurred: 2: rego_parse_error: illegal ref (head cannot be ref)
    ---
    package a
    p := {1: }
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected } token
    2: rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := [1 | ]
    ---
    2 errors occurred:
    2: rego_parse_error: found empty body
    2: rego_parse_error: unexpected ] token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := [x | y
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected eof token: expected \n or ; or ]
    2: rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := $"{x"
    ---
    3 errors occurred:
    2: rego_parse_error: non-terminated string
    2: rego_parse_error: expected } to end template string expression
    2: rego_parse_error: illegal token
    ---
    package a
    p := $"{}"
    ---
    3 errors occurred:
    2: rego_parse_error: unexpected } token
    2: rego_parse_error: invalid template-string expression
    2: rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := $"{not x}"
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected negation ('not') in template-string expression
    2: rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := $"{x := 1}"
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected assignment (':=') in template-string expression
    2: rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p := $"{some x in y}"
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected 'some' in template-string expression
    2: rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    f(x) contains 1
    ---
    1 error occurred: 2: rego_parse_error: unexpected contains keyword: the contains keyword can only be used with multi-value rule definitions (e.g., f contains <VALUE> { ... })
    ---
    package a
    p := 
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected eof token
    2: rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    p contains
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected eof token
    2: rego_parse_error: unexpected eof token: expected rule key term (e.g., p contains <VALUE> { ... })
    ---
    package a
    if := 1
    ---
    1 error occurred: 2: rego_parse_error: unexpected if keyword
    ---
    package a
    p := x; q := 1
    ---
    1 error occurred: 2: rego_parse_error: multiple expressions cannot be used for rule head
    ---
    package a
    p := 1 with input as 2
    ---
    1 error occurred: 2: rego_parse_error: expressions using with keyword cannot be used for rule head
    ---
    package a
    p := 1 := 2
    ---
    1 error occurred: 2: rego_parse_error: unexpected assign token
    ---
    package a
    }
    ---
    1 error occurred: 2: rego_parse_error: unexpected } token
    ---
    package a
    p if {
    	x
    		y z
    }
    ---
    1 error occurred: 4: rego_parse_error: unexpected identifier token: expected \n or ; or }
    ---
    package a
    p if input.x = 
    ---
    1 error occurred: 2: rego_parse_error: unexpected eof token
    ---
    package a
    p := "é" x
    ---
    1 error occurred: 2: rego_parse_error: var cannot be used for rule name
    ---
    package a
    p := {1, 2: 3}
    ---
    2 errors occurred:
    2: rego_parse_error: unexpected : token: expected "," or "}"
    2: rego_parse_error: unexpected : token: expected rule value term (e.g., p := <VALUE> { ... })
    ---
    package a
    count(x)
    ---
    1 error occurred: 2: rego_parse_error: rule name conflicts with built-in function
    ---
    """#
}

extension String {
  /// Without the line that counts the errors, or its beginning.
  fileprivate var trimmingHeader: String {
    var lines = split(separator: "\n").map(String.init)
    if lines.first?.hasSuffix("occurred:") == true { lines.removeFirst() }
    if let first = lines.first, first.hasPrefix("1 error occurred: ") { lines[0] = String(first.dropFirst(18)) }
    return lines.joined(separator: "\n")
  }
}

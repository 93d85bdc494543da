import Rego

/// Modules, queries and terms of Rego: parse, write as a tree, format.
enum RegoFuzz {
  static func run(_ input: [UInt8]) {
    var choices = FuzzInput(input)
    let version: Module.Version = choices.bool() ? .v0 : .v1
    let source = Source(name: "fuzz.rego", text: choices.bytes)
    query(source)
    do throws(RegoErrors) {
      let module = try RegoParser.parseModule(source, version: version)
      for rule in module.rules { check(rule.location, source) }
      _ = SyntaxTree.value(of: module, fileName: source.name).tableHash
    } catch {
      report(error, source)
    }
    format(source, version)
  }

  private static func query(_ source: Source) {
    do throws(RegoErrors) {
      for expression in try RegoParser.parseQuery(source) { check(expression.location, source) }
    } catch {
      report(error, source)
    }
  }

  private static func report(_ errors: RegoErrors, _ source: Source) {
    expect(!errors.errors.isEmpty, "a refusal says why")
    expect(!errors.render(sources: [source]).isEmpty, "errors can be shown")
  }

  private static func check(_ location: SourceLocation, _ source: Source) {
    expect(
      0 <= location.offset && location.offset <= location.end && location.end <= source.text.count,
      "locations lie in the text")
  }

  private static func format(_ source: Source, _ version: Module.Version) {
    do throws(RegoErrors) {
      let text = try RegoFormatter.format(source, version: version)
      let again = try RegoFormatter.format(Source(name: source.name, text: text), version: version)
      expect(text == again, "formatting is stable")
    } catch {
      report(error, source)
    }
  }
}

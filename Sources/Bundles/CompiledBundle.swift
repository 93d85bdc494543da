public import Rego

/// A bundle that compiles.
public struct CompiledBundle: Sendable {
  public let resolved: ResolvedPolicy
  public let policy: Policy
  public let revision: String

  public struct Options: Sendable {
    /// Modules are of version 0 unless they say otherwise.
    public var isV0Compatible = false
    public var compiler = CompilerOptions()
    /// Refuse calls of builtins that this engine knows and never runs.
    public var refusesUnsupported = true
    /// Nothing will replace documents of `data` in queries: what they make impossible is left out of the plan.
    public var isClosed = false
    /// Counts expressions, for coverage.
    public var counts = false

    public init() {}
  }

  /// - Throws: all mistakes of all modules that can be found together.
  public init(_ content: BundleContent, options: Options = Options()) throws(BundleError) {
    let sources = content.modules
    let modules = try Self.parse(content, options)
    do throws(RegoErrors) {
      resolved = try RegoCompiler(options: options.compiler).compile(modules, sources: sources, data: content.data)
      policy = try Policy(resolved, data: content.data, counting: options.counts, isClosed: options.isClosed)
    } catch {
      throw .modules(error, sources: sources)
    }
    if options.refusesUnsupported { try Self.refuseUnsupported(resolved) }
    revision = content.revision
  }

  private static func refuseUnsupported(_ resolved: ResolvedPolicy) throws(BundleError) {
    let calls = resolved.unsupportedBuiltins.map { call in
      let file = Int(call.location.file)
      let name = resolved.sources.indices.contains(file) ? resolved.sources[file].name : ""
      return "\(name):\(call.location.row): `\(call.name)` is not available: policies do no input or output"
    }
    if !calls.isEmpty { throw .unsupported(calls) }
  }

  private static func parse(_ content: BundleContent, _ options: Options) throws(BundleError) -> [Module] {
    let sources = content.modules
    var modules: [Module] = []
    var errors: [RegoError] = []
    for (index, source) in sources.enumerated() {
      do throws(RegoErrors) {
        let version = content.versions[source.name] ?? (options.isV0Compatible ? .v0 : .v1)
        modules.append(try RegoParser.parseModule(source, file: Int32(index), version: version))
      } catch {
        errors += error.errors
      }
    }
    guard errors.isEmpty else { throw .modules(RegoErrors(errors), sources: sources) }
    return modules
  }
}

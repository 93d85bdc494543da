public import Bundles
import JSON
public import Rego

/// Reads the modules and documents that a command line names.
public enum PolicyFiles {
  /// - Parameters:
  ///   - data: files of any name, and folders of which every module, JSON and YAML file counts, as for `opa eval -d`.
  ///   - bundles: folders of which modules, `data.json` and `data.yaml` count, as for `martlet serve`, `.tar.gz`
  ///     archives, or single files.
  public static func load(data: [String] = [], bundles: [String] = []) throws(ToolError) -> BundleContent {
    var content = BundleContent()
    for path in bundles {
      let path = plain(path)
      guard try WholeFile.isFolder(path) || path.hasSuffix(".tar.gz") else {
        try add(path, at: [], to: &content)
        continue
      }
      do throws(BundleError) {
        let bundle = try BundleSource(path).load()
        for module in bundle.modules {
          let name = name(path, module.name)
          content.modules.append(Source(name: name, text: module.text))
          content.versions[name] = bundle.versions[module.name]
        }
        try content.merge(bundle.data, at: [], from: path)
      } catch {
        throw .bundle(error)
      }
    }
    for path in data {
      let path = plain(path)
      guard try WholeFile.isFolder(path) else {
        try add(path, at: [], to: &content)
        continue
      }
      for file in try FolderListing.files(path, where: { isModule($0) || isDocument($0) }) {
        try add(name(path, file), at: file.split(separator: "/").dropLast().map { Text($0) }, to: &content)
      }
    }
    content.modules = unique(content.modules)
    return content
  }

  /// The modules alone, of files and of folders.
  public static func modules(_ paths: [String]) throws(ToolError) -> [Source] {
    var sources: [Source] = []
    for path in paths.map(plain) {
      if try WholeFile.isFolder(path) {
        for file in try FolderListing.files(path, where: isModule) {
          sources.append(Source(name: name(path, file), text: try WholeFile.read(name(path, file))))
        }
      } else {
        sources.append(Source(name: path, text: try WholeFile.read(path)))
      }
    }
    return unique(sources)
  }

  /// A document by itself, such as `input`: JSON, or else YAML.
  public static func document(_ bytes: [UInt8], path: String) throws(ToolError) -> Value {
    let limits = JSONLimits(bytesMax: 1 << 30)
    let jsonError: JSONError
    do throws(JSONError) {
      return try Value(json: bytes, options: .init(limits: limits, refusesDuplicates: false))
    } catch {
      jsonError = error
    }
    // JSON that went wrong is not read as YAML, which forgives too much.
    let first = bytes.first { !" \t\r\n".utf8.contains($0) }
    if path.hasSuffix(".json") || first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      throw .input(path: path, reason: "\(jsonError)")
    }
    do throws(YAMLFault) { return try Value(yaml: bytes) } catch {
      throw .input(path: path, reason: "\(error)")
    }
  }

  private static func add(_ path: String, at place: [Text], to content: inout BundleContent) throws(ToolError) {
    let bytes = try WholeFile.read(path)
    if isModule(path) { return content.modules.append(Source(name: path, text: bytes)) }
    let document = try document(bytes, path: path)
    do throws(BundleError) { try content.merge(document, at: place, from: path) } catch { throw .bundle(error) }
  }

  private static func isModule(_ name: String) -> Bool { name.hasSuffix(".rego") }

  private static func isDocument(_ name: String) -> Bool {
    name.hasSuffix(".json") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
  }

  private static func name(_ folder: String, _ file: String) -> String { folder == "." ? file : folder + "/" + file }

  private static func plain(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
    return String(path)
  }

  /// A file that is named twice counts once.
  private static func unique(_ sources: [Source]) -> [Source] {
    var seen: Set<String> = []
    return sources.filter { seen.insert($0.name).inserted }
  }
}

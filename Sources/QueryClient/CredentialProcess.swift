import Glibc
import JSON

/// A program that prints credentials, as profiles of AWS tools name it.
/// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
public enum CredentialProcess {
  static let outputBytesMax = 1 << 16

  /// Runs it, without a shell and with this program's standard input and error, so that it can ask. Blocks.
  /// - Parameter words: the program and its arguments; never empty.
  public static func credentials(_ words: [String]) throws(QueryClientError) -> AWSCredentials {
    let name = words[0]
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw .unusableProcess(profile: name, reason: reason(errno)) }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    for end in ends { posix_spawn_file_actions_addclose(&actions, end) }
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let started = posix_spawnp(&process, name, &actions, nil, &arguments, environ)
    close(ends[1])
    guard started == 0 else { throw .unusableProcess(profile: name, reason: reason(started)) }
    let output = read(ends[0])
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else { throw .unusableProcess(profile: name, reason: "it failed") }
    guard let output, let credentials = parse(output) else {
      throw .unusableProcess(profile: name, reason: "it printed no credentials")
    }
    return credentials
  }

  /// - Returns: nil for more than credentials can be.
  private static func read(_ descriptor: Int32) -> [UInt8]? {
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 && output.count <= outputBytesMax ? output : nil }
      // Read to its end, or the program would wait for a reader for ever.
      if output.count <= outputBytesMax { output += buffer[..<count] }
    }
  }

  static func parse(_ document: [UInt8]) -> AWSCredentials? {
    let object: JSONObject?
    do throws(JSONError) { object = try JSONValue(parsing: document).object } catch { return nil }
    guard let object, object["Version"]?.integer == 1, let id = object["AccessKeyId"]?.string,
      let secret = object["SecretAccessKey"]?.string
    else { return nil }
    return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: object["SessionToken"]?.string)
  }

  /// The words of a command line, by a shell's rules for quotes and backslashes and nothing else of a shell, as AWS
  /// tools split it.
  /// - Returns: nil where a quote has no end.
  public static func words(_ line: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var characters = line.makeIterator()
    while let character = characters.next() {
      switch (character, quote) {
      case ("'", nil), ("\"", nil):
        quote = character
        word = word ?? ""
      case (_, character): quote = nil
      case ("\\", nil):
        guard let next = characters.next() else { return nil }
        word = (word ?? "") + String(next)
      case ("\\", "\""):
        guard let next = characters.next() else { return nil }
        word = (word ?? "") + (next == "\"" || next == "\\" ? String(next) : "\\" + String(next))
      case (_, nil) where character.isWhitespace:
        if let ended = word { words.append(ended) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    if quote != nil { return nil }
    if let word { words.append(word) }
    return words
  }

  private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}

import Foundation

/// A command run to its end.
struct ToolResult {
  let status: Int32
  let output: String
  let errors: String
}

/// - Parameter input: written to standard input, which stays open until the tool ends when `keepsInputOpen`.
func run(
  _ tool: String, _ arguments: [String], input: String = "", keepsInputOpen: Bool = false
) async throws -> ToolResult {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["timeout", "30", tool] + arguments
      let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
      process.standardInput = stdin
      process.standardOutput = stdout
      process.standardError = stderr
      do {
        try process.run()
        if !input.isEmpty { try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
        if !keepsInputOpen { try stdin.fileHandleForWriting.close() }
      } catch {
        continuation.resume(throwing: error)
        return
      }
      let errors = stderr.fileHandleForReading
      nonisolated(unsafe) var errorBytes = Data()
      let done = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        errorBytes = errors.readDataToEndOfFile()
        done.signal()
      }
      let output = stdout.fileHandleForReading.readDataToEndOfFile()
      done.wait()
      process.waitUntilExit()
      withExtendedLifetime(stdin) {}
      continuation.resume(
        returning: ToolResult(
          status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
          errors: String(decoding: errorBytes, as: UTF8.self)))
    }
  }
}

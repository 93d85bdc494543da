import ArgumentParser
import PolicyTool

/// How commands end that could not do what they were asked.
enum PolicyFailure {
  /// Errors as JSON on standard output, or in words on standard error.
  static func report(_ error: ToolError, asJSON: Bool, exitCode: Int32) -> ExitCode {
    if asJSON {
      StandardOutput.write(OutputDocument.object([("errors", error.document)]).pretty)
    } else {
      StandardError.write("\(error)")
    }
    return ExitCode(exitCode)
  }

  static func run(exitCode: Int32 = 1, _ body: () throws(ToolError) -> Void) throws {
    do throws(ToolError) { try body() } catch { throw report(error, asJSON: false, exitCode: exitCode) }
  }
}

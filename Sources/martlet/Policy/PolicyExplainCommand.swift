import ArgumentParser
import Authorization
import PolicyExplanation
import PolicyTool

/// `martlet policy explain`: one decision with every statement and rule that was tried.
struct PolicyExplainCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain a decision: every statement and rule that was tried, and why it did or did not match.",
    discussion: """
      The request is given by flags, or it is an audit record: --audit FILE with --request-id ID, or --audit - with one \
      line on standard input. Settings, policies and bucket policies are those that `serve` would use with the same \
      --config and --data; --policies takes another bundle. Exit code 0 whatever the decision is, 1 with --fail when it is \
      a denial, 2 on errors.
      """)

  @OptionGroup var world: PolicyWorldOptions
  @OptionGroup(title: "Request") var request: ExplainedRequestOptions

  @Option(help: ArgumentHelp("An audit file, plain or gzip-compressed, or `-` for standard input.", valueName: "file"))
  var audit: String?

  @Option(help: ArgumentHelp("Which record of --audit; the first by default.", valueName: "id"))
  var requestID: String?

  @Option(name: [.customShort("f"), .long], help: "How to print the explanation.")
  var format = Format.text

  @Flag(help: "Exit code 1 when the request is denied.")
  var fail = false

  func run() throws {
    let world = try self.world.load()
    let explanations = try audit.map { try recorded($0, world) } ?? [try request.explain(in: world)]
    switch format {
    case .text:
      let texts = explanations.map { ExplanationText($0, colors: .standardOutput).text }
      StandardOutput.write(texts.joined(separator: "\n\n"))
    case .json:
      StandardOutput.write(OutputDocument.array(explanations.map(ExplanationDocument.document)).pretty)
    }
    if fail, !explanations.allSatisfy(\.decision.isAllowed) { throw ExitCode(1) }
  }

  private func recorded(_ file: String, _ world: PolicyWorld) throws -> [DecisionExplanation] {
    do {
      let record = try RecordedRequest.find(requestID, in: file)
      let explanations = try record.explain(in: world)
      if explanations.isEmpty { StandardError.write("the request asked for nothing that could be allowed") }
      return explanations
    } catch let error as ReplayFault {
      StandardError.write("the record cannot be decided again: it lacks \(error.lacks)")
    } catch {
      StandardError.write("\(error)")
    }
    throw ExitCode(2)
  }
}

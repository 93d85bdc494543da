import ArgumentParser
import Audit
import Gateway
import Glibc
import Identity
import Logging
import NIOCore
import NIOPosix
import Settings
import TLS

/// `martlet serve`: runs the gateway until SIGTERM or SIGINT; SIGHUP reloads.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "serve", abstract: "Run the gateway.")

  @OptionGroup var options: SettingsOptions

  @Flag(help: "Print how to use the gateway from a shell, on standard error, once it is ready.")
  var printSession = false

  func run() async throws {
    // A peer that hangs up is an error of its connection, never the end of the process.
    signal(SIGPIPE, SIG_IGN)
    DescriptorLimit.raise()
    let environment = ProcessEnvironment.all
    let loader = options.loader(environment: environment)
    let assembly: Assembly
    do {
      assembly = try Assembly(loader: loader, environment: environment)
    } catch {
      StandardError.write("martlet: \(error)")
      throw ExitCode(1)
    }
    let log = assembly.log
    let runtime: GatewayRuntime
    do {
      runtime = try await GatewayRuntime(
        assembly.parts, audit: assembly.audit, tls: { assembly.certificates.current }, log: log)
    } catch {
      log.critical("cannot start", metadata: ["error": "\(error)"])
      throw ExitCode(1)
    }
    let signals = SignalStream([SIGTERM, SIGINT, SIGHUP])
    let addresses: (gateway: SocketAddress, operations: SocketAddress)
    do {
      addresses = try await runtime.start()
    } catch {
      log.critical("cannot listen", metadata: ["error": "\(error)"])
      await runtime.shutdown()
      throw ExitCode(1)
    }
    let endpoint = "https://\(Self.authority(addresses.gateway))"
    log.info(
      "listening",
      metadata: ["gateway": "\(endpoint)", "operations": "http://\(Self.authority(addresses.operations))"])
    StandardOutput.write("ready \(endpoint)")
    if printSession { StandardError.write(assembly.welcome(endpoint: Self.clientEndpoint(addresses.gateway))) }
    let watcher = assembly.watch(runtime)
    for await signal in signals.stream {
      guard signal == SIGHUP else {
        log.notice("shutting down", metadata: ["signal": "\(signal == SIGTERM ? "SIGTERM" : "SIGINT")"])
        break
      }
      assembly.audit.reopen()
      await assembly.reload(runtime)
    }
    watcher.cancel()
    await runtime.shutdown()
    await assembly.shutdown()
  }

  private static func authority(_ address: SocketAddress) -> String {
    let host = address.ipAddress ?? "localhost"
    return "\(host.contains(":") ? "[\(host)]" : host):\(address.port ?? 0)"
  }

  /// An address that listens everywhere is reached as localhost, which the generated certificate names.
  private static func clientEndpoint(_ address: SocketAddress) -> String {
    "https://localhost:\(address.port ?? 0)"
  }
}

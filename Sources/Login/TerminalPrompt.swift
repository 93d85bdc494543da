import Glibc

/// Asks the person at the terminal, whatever standard input and output are connected to.
public enum TerminalPrompt {
  /// - Parameter isSecret: whether what is typed stays unseen.
  /// - Throws: `noTerminal`.
  public static func ask(_ question: String, isSecret: Bool = false) throws(LoginError) -> String {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { throw .noTerminal }
    defer { close(terminal) }
    say(question, terminal)
    guard isSecret else { return try line(terminal) }
    var shown = termios()
    guard tcgetattr(terminal, &shown) == 0 else { throw .noTerminal }
    var hidden = shown
    hidden.c_lflag &= ~tcflag_t(ECHO)
    hidden.c_lflag |= tcflag_t(ECHONL)
    // An interrupt must not leave the person with a terminal that shows nothing: signals wait until echo is back.
    var all = sigset_t()
    var before = sigset_t()
    sigemptyset(&all)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP] { sigaddset(&all, number) }
    pthread_sigmask(SIG_BLOCK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    guard tcsetattr(terminal, TCSAFLUSH, &hidden) == 0 else { throw .noTerminal }
    defer { tcsetattr(terminal, TCSAFLUSH, &shown) }
    return try line(terminal)
  }

  /// The first line of standard input, without its end.
  public static func standardInputLine() throws(LoginError) -> String { try line(STDIN_FILENO) }

  private static func line(_ descriptor: Int32) throws(LoginError) -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      let count = read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .noTerminal }
      if count == 0 || byte == 0x0A { break }
      bytes.append(byte)
      guard bytes.count <= 4096 else { throw .noTerminal }
    }
    if bytes.last == 0x0D { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func say(_ text: String, _ terminal: Int32) {
    let bytes = Array(text.utf8)
    // Without a question the answer still counts.
    _ = write(terminal, bytes, bytes.count)
  }
}

import NIOCore
import S3Model
import Testing

@testable import Gateway

/// Bodies that take longer than what they were sent under.
@Suite struct BodyTimeTests {
  @Test func aSessionThatEndsCutsItsUpload() throws {
    let client = try ClientConnection()
    try client.begin("PUT", "/bucket/key", contentLength: 10_001, session: client.session(seconds: 900))
    try client.send(String(repeating: "a", count: 5000))
    try client.send(String(repeating: "b", count: 5000))
    #expect(client.store.events == [.started(.putObject), .sent(bytes: 5000)])
    client.clock.now.seconds += 900
    try client.send("b")
    #expect(client.store.events.last == .cancelled)
    let answer = try client.answer()
    #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("<Code>ExpiredToken</Code>"), "\(answer)")
  }

  @Test func theLastPieceComesTooLateWithTheEnd() throws {
    let client = try ClientConnection()
    try client.begin("PUT", "/bucket/key", contentLength: 3, session: client.session(seconds: 900))
    try client.send("ab")
    client.clock.now.seconds += 900
    try client.send("c")
    #expect(client.store.events == [.started(.putObject), .cancelled], "nothing of it has gone to the store")
    #expect(try client.answer().contains("<Code>ExpiredToken</Code>"))
  }

  @Test func aSessionServesUntilItsLastSecond() throws {
    let client = try ClientConnection()
    try client.begin("PUT", "/bucket/key", contentLength: 3, session: client.session(seconds: 900))
    try client.send("ab")
    client.clock.now.seconds += 899
    try client.send("c")
    #expect(client.store.events == [.started(.putObject), .sent(bytes: 3), .finished])
    #expect(try client.answer().hasPrefix("HTTP/1.1 200 "))
  }

  @Test func plainUploadsOfLongLivedKeysTakeTheirTime() throws {
    let client = try ClientConnection()
    try client.begin("PUT", "/bucket/key", contentLength: 3)
    try client.send("ab")
    client.clock.now.seconds += 7200
    try client.send("c")
    #expect(client.store.events == [.started(.putObject), .sent(bytes: 3), .finished])
    #expect(try client.answer().hasPrefix("HTTP/1.1 200 "))
  }

  @Test func anExpiredSessionBeginsNothing() throws {
    let client = try ClientConnection()
    let session = try client.session(seconds: 900)
    client.clock.now.seconds += 900
    try client.begin("PUT", "/bucket/key", contentLength: 3, session: session)
    #expect(client.store.events.isEmpty)
    #expect(try client.answer().contains("<Code>ExpiredToken</Code>"))
  }
}

import Cryptography
import GatewayTesting
import HashTreeCollections
import Identity
import IdentityStore
import S3Model
import Testing

@testable import IAM

@Suite struct DeviceTests {
  let serial = "arn:aws:iam::123456789012:mfa/phone"

  /// A device enabled for bob, its seed, and the time of the last code used.
  func enabled(drift: Int64 = 0) async throws -> (IAMHarness, [UInt8]) {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", ["UserName": "bob"])
    let made = try await iam.call("CreateVirtualMFADevice", ["VirtualMFADeviceName": "phone"])
    #expect(made["SerialNumber"] == serial)
    let text = try #require(made["Base32StringSeed"].flatMap { Base64.decode($0) })
    let seed = decode(text)
    #expect(seed.count == 20 && Base32.encode(seed).bytes == text)
    #expect(try #require(made["QRCodePNG"].flatMap { Base64.decode($0) }).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    let step = TOTP.step(at: iam.clock.seconds) + drift
    try await iam.call(
      "EnableMFADevice",
      [
        "UserName": "bob", "SerialNumber": serial, "AuthenticationCode1": TOTP.code(seed: seed, step: step - 1).text,
        "AuthenticationCode2": TOTP.code(seed: seed, step: step).text,
      ])
    return (iam, seed)
  }

  private func decode(_ text: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = 0
    var bits = 0
    for character in text {
      buffer = (buffer << 5 | (IAMEntropy.base32.firstIndex(of: character) ?? 0)) & 0xFFFFF
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
      }
    }
    return bytes
  }

  private func verify(_ iam: IAMHarness, _ code: ByteString) async -> IAMError? {
    guard let user = iam.editor.table.users["bob"]?.record.uniqueID else { return .internalFailure }
    do throws(IAMError) {
      try await iam.service.verify(code, serial: ByteString(serial), userID: user, now: iam.clock.seconds)
      return nil
    } catch {
      return error
    }
  }

  @Test func aCodeCountsOnce() async throws {
    let (iam, seed) = try await enabled()
    let invalid = IAMError.invalidAuthenticationCode(serial: ByteString(serial))
    let step = TOTP.step(at: iam.clock.seconds)
    // Used up by enabling.
    #expect(await verify(iam, TOTP.code(seed: seed, step: step)) == invalid)
    iam.clock.seconds += 30
    let code = TOTP.code(seed: seed, step: step + 1)
    #expect(await verify(iam, code) == nil)
    #expect(await verify(iam, code) == invalid)
    // One step ahead counts, and what lies before it no more.
    #expect(await verify(iam, TOTP.code(seed: seed, step: step + 2)) == nil)
    iam.clock.seconds += 60
    #expect(await verify(iam, TOTP.code(seed: seed, step: step + 2)) == invalid)
    #expect(await verify(iam, TOTP.code(seed: seed, step: step + 5)) == invalid)
    #expect(await verify(iam, TOTP.code(seed: seed, step: step + 3)) == nil)
  }

  @Test func twoNodesTakeACodeOnce() async throws {
    let (iam, seed) = try await enabled()
    iam.clock.seconds += 30
    let code = TOTP.code(seed: seed, step: TOTP.step(at: iam.clock.seconds))
    let results = await withTaskGroup(of: IAMError?.self) { group in
      for _ in 0..<4 {
        group.addTask { [service = iam.service, editor = iam.editor, now = iam.clock.seconds] in
          do throws(IAMError) {
            try await service.verify(
              code, serial: "arn:aws:iam::123456789012:mfa/phone",
              userID: editor.table.users["bob"]?.record.uniqueID ?? "",
              now: now)
            return nil
          } catch {
            return error
          }
        }
      }
      return await group.reduce(into: [IAMError?]()) { $0.append($1) }
    }
    #expect(results.count { $0 == nil } == 1)
  }

  @Test func anUnreachableStoreRefuses() async throws {
    let (iam, seed) = try await enabled()
    iam.clock.seconds += 30
    let code = TOTP.code(seed: seed, step: TOTP.step(at: iam.clock.seconds))
    iam.store.fault = .unreachable(reason: "test")
    #expect(await verify(iam, code) == .store(.unreachable(reason: "test")))
    iam.store.fault = nil
    #expect(await verify(iam, code) == nil)
  }

  @Test func guessesAreLimited() async throws {
    let (iam, seed) = try await enabled()
    iam.clock.seconds += 60
    for _ in 0..<5 { #expect(await verify(iam, "000000")?.answer.code == .invalidAuthenticationCode) }
    let code = TOTP.code(seed: seed, step: TOTP.step(at: iam.clock.seconds))
    #expect(await verify(iam, code) == .tooManyAuthenticationCodes(serial: ByteString(serial)))
    iam.clock.seconds += 30
    #expect(await verify(iam, TOTP.code(seed: seed, step: TOTP.step(at: iam.clock.seconds))) == nil)
  }

  @Test func aClockThatIsOffIsKnown() async throws {
    let (iam, seed) = try await enabled(drift: 7)
    iam.clock.seconds += 30
    let step = TOTP.step(at: iam.clock.seconds)
    #expect(await verify(iam, TOTP.code(seed: seed, step: step)) != nil)
    #expect(await verify(iam, TOTP.code(seed: seed, step: step + 7)) == nil)
    // It has been set right since.
    iam.clock.seconds += 3600
    let now = TOTP.step(at: iam.clock.seconds)
    let codes = [
      "UserName": "bob", "SerialNumber": serial, "AuthenticationCode1": TOTP.code(seed: seed, step: now - 1).text,
      "AuthenticationCode2": TOTP.code(seed: seed, step: now).text,
    ]
    #expect(
      await iam.code("ResyncMFADevice", codes.merging(["AuthenticationCode2": "000000"]) { $1 })
        == .invalidAuthenticationCode)
    try await iam.call("ResyncMFADevice", codes)
    iam.clock.seconds += 30
    #expect(await verify(iam, TOTP.code(seed: seed, step: now + 1)) == nil)
  }

  @Test func devicesAreListedAndTakenAway() async throws {
    let (iam, _) = try await enabled()
    #expect(try await iam.call("ListMFADevices", ["UserName": "bob"])["SerialNumber"] == serial)
    #expect(try await iam.call("ListVirtualMFADevices", ["AssignmentStatus": "Assigned"])["UserName"] == "bob")
    #expect(try await iam.call("ListVirtualMFADevices", ["AssignmentStatus": "Unassigned"])["SerialNumber"] == nil)
    #expect(try await iam.call("GetMFADevice", ["SerialNumber": serial, "UserName": "bob"])["EnableDate"] != nil)
    #expect(await iam.refusal("DeleteVirtualMFADevice", ["SerialNumber": serial]) == .deleteConflict(.assignedDevice))
    #expect(await iam.refusal("DeleteUser", ["UserName": "bob"]) == .deleteConflict(.mfaDevices))
    #expect(await iam.code("CreateVirtualMFADevice", ["VirtualMFADeviceName": "PHONE"]) == .entityAlreadyExists)
    try await iam.call("DeactivateMFADevice", ["UserName": "bob", "SerialNumber": serial])
    #expect(await verify(iam, "000000")?.answer.code == .invalidAuthenticationCode)
    try await iam.call("DeleteVirtualMFADevice", ["SerialNumber": serial])
    #expect(await iam.code("DeleteVirtualMFADevice", ["SerialNumber": serial]) == .noSuchEntity)
  }

  /// The finder patterns and the two copies of the format stand where the standard has them; that the rest reads back
  /// is for the integration tests, which have a reader.
  @Test func codesGrowWithTheirText() throws {
    for (count, size) in [(1, 21), (14, 21), (15, 25), (213, 57), (214, 61), (666, 97)] {
      let code = try #require(QRCode([UInt8](repeating: 0x61, count: count)))
      #expect(code.size == size, "\(count)")
      for (x, y) in [(0, 0), (size - 7, 0), (0, size - 7)] {
        #expect(code.modules[y][x] && !code.modules[y + 1][x + 1] && code.modules[y + 3][x + 3])
      }
    }
    #expect(QRCode([UInt8](repeating: 0x61, count: 667)) == nil)
  }
}

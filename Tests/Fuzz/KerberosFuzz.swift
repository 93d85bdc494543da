import KerberosNames
import S3Model

@testable import Kerberos

/// What comes out of tickets and settings: names, rules, the framing of tokens, a directory's groups.
enum KerberosFuzz {
  static func run(_ input: [UInt8]) {
    var choices = FuzzInput(input)
    switch choices.byte() % 4 {
    case 0: principal(choices.bytes)
    case 1: rule(choices.bytes)
    case 2: token(choices.bytes)
    default: groups(choices.bytes)
    }
  }

  private static func principal(_ bytes: [UInt8]) {
    guard let principal = KerberosPrincipal(bytes) else { return }
    expect(KerberosPrincipal(principal.text.bytes) == principal, "a principal is what its text says")
    expect(principal.text.count <= KerberosPrincipal.bytesMax, "a principal has a bound")
    do throws(KerberosNameError) {
      let home = try NameRules(realms: ["EXAMPLE.TEST"], rules: nil)
      guard case .success(let named) = Result(catching: { () throws(NameRules.Refusal) in try home.named(principal) })
      else { return }
      expect(named.principal.realm == "EXAMPLE.TEST", "only the realm's people come in")
      expect(!named.principal.isAnonymous, "nobody is somebody")
      let isSingle = principal.components.count == 1
      expect(named.name == (isSingle ? principal.components[0] : nil), "DEFAULT is the name")
    } catch {
      expect(false, "DEFAULT is a rule: \(error)")
    }
  }

  private static func rule(_ bytes: [UInt8]) {
    do throws(KerberosNameError) {
      let rules = try NameRules(realms: ["EXAMPLE.TEST"], rules: [String(decoding: bytes, as: UTF8.self)])
      for text in ["alice@EXAMPLE.TEST", "robot/batch@EXAMPLE.TEST", #"a\/b\@c@EXAMPLE.TEST"#, "alice@OTHER.TEST"] {
        guard let principal = KerberosPrincipal(text.utf8) else { continue }
        let named = Result { () throws(NameRules.Refusal) in try rules.named(principal) }
        guard case .success(let named) = named else { continue }
        expect(principal.realm != "OTHER.TEST", "no rule lets another realm in")
        expect((1...512).contains(named.name?.count ?? 0), "an explicit rule gives a name")
      }
    } catch {
      return
    }
  }

  private static func token(_ bytes: [UInt8]) {
    do throws(KerberosError) {
      let token = try NegotiateToken(bytes)
      expect(token.bytes == bytes && bytes.first == 0x60, "a token is passed on as it came")
    } catch {
      expect(error == .notKerberos, "there is one reason")
    }
  }

  private static func groups(_ bytes: [UInt8]) {
    guard let groups = GroupIdentifiers.parse(bytes) else { return }
    expect(groups.count <= GroupIdentifiers.countMax, "groups have a bound")
    expect(Set(groups).count == groups.count, "each is there once")
    expect(groups.allSatisfy { $0.bytes.starts(with: "S-1-".utf8) }, "each is an identifier")
  }
}

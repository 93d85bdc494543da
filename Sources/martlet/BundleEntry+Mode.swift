import Authorization
import Bundles
import Rego

extension BundleEntry {
  /// Without which a bundle cannot do anything in this mode: `restrict` does not read `allow`, and `decide` allows
  /// nothing without it.
  init(package: [Text], mode: RegoMode) {
    switch mode {
    case .off, .restrict: self.init(package: package, rules: ["deny", "obligations"])
    case .grant: self.init(package: package, rules: ["allow", "deny", "obligations"])
    case .decide: self.init(package: package, rules: ["allow"])
    }
  }
}

import Authorization
import Backend
import HTTPWire
import Logging
import S3Model
import S3Wire

/// What the bucket's CORS rules say, as far as the exchange knows.
enum CORSLookup {
  case notFetched
  /// No rules, or none could be had: browsers of other origins get no permission.
  case none
  case rules(CORSConfiguration)
}

/// Cross-origin requests: preflights are answered here, other requests get the headers that their rule gives.
///
/// Source: Amazon S3 User Guide, "Using cross-origin resource sharing (CORS)".
extension Exchange {
  private static let rulesBytesMax = 65_536

  /// Only browsers of other origins send Origin; everyone else pays nothing.
  var needsCORSRules: Bool {
    guard head.fields.contains(.origin), request?.bucket != nil, case .notFetched = corsRules else { return false }
    return true
  }

  func fetchCORSRules() throws(ExchangeFailure) {
    try lookUpCORSRules { exchange in
      exchange.addCORSHeaders()
      exchange.perform(.forward)
    }
  }

  func answerPreflight() throws(ExchangeFailure) {
    guard head.fields.contains(.origin) else {
      throw .backend(
        .refused(StoreError(.badRequest, message: "Insufficient information. Origin request header needed.")))
    }
    guard head.fields.contains(.accessControlRequestMethod) else {
      throw .backend(.refused(StoreError(.badRequest, message: "Invalid Access-Control-Request-Method: null")))
    }
    guard request?.bucket != nil else { throw .corsForbidden }
    try lookUpCORSRules { $0.respondPreflight() }
  }

  func lookUpCORSRules(then: @escaping (Exchange) -> Void) throws(ExchangeFailure) {
    guard let request else { throw .corsForbidden }
    var lookup = request
    lookup.operation = .getBucketCors
    lookup.key = nil
    lookup.query = [QueryItem(.cors)]
    lookup.hoisted = []
    lookup.copySource = nil
    guard let authorized = Authorizer.authorizeCORSLookup(lookup) else { throw .corsForbidden }
    let backend = try self.backend(for: lookup)
    collect(authorized, on: backend, bytesMax: Self.rulesBytesMax) { exchange, result in
      exchange.corsRules = .none
      if case .success(let answer) = result {
        do throws(S3WireError) {
          exchange.corsRules = .rules(try CORSConfiguration(document: answer.body))
        } catch {
          exchange.worker.log.warning("a store's CORS rules cannot be read", metadata: ["error": "\(error)"])
        }
      }
      then(exchange)
    }
  }

  private func respondPreflight() {
    let origin = head.fields.string(.origin) ?? ""
    let method = head.fields.string(.accessControlRequestMethod) ?? ""
    let headers = (head.fields.string(.accessControlRequestHeaders) ?? "")
      .split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\t" }).map(String.init)
    guard case .rules(let rules) = corsRules, let rule = rules.rule(origin: origin, method: method, headers: headers)
    else {
      fail(.corsForbidden)
      return
    }
    var fields = ResponseFields()
    Self.append(rule, origin: origin, to: &fields)
    fields.append(.accessControlAllowMethods, rule.allowedMethods.joined(separator: ", "))
    if !headers.isEmpty { fields.append(.accessControlAllowHeaders, headers.joined(separator: ", ").lowercased()) }
    if let seconds = rule.maxAgeSeconds { fields.append(.accessControlMaxAge, String(seconds)) }
    beginResponse(status: 200, fields: fields.bytes, contentLength: 0)
    endResponse()
  }

  private func addCORSHeaders() {
    guard case .rules(let rules) = corsRules else { return }
    var fields = ResponseFields()
    let origin = head.fields.string(.origin) ?? ""
    if let rule = rules.rule(origin: origin, method: head.fields.string(head.methodRange)) {
      Self.append(rule, origin: origin, to: &fields)
      fields.append(.accessControlAllowMethods, rule.allowedMethods.joined(separator: ", "))
    } else {
      fields.append(.vary, "Origin")
    }
    response.extraFields += fields.bytes
  }

  private static func append(_ rule: CORSConfiguration.Rule, origin: String, to fields: inout ResponseFields) {
    fields.append(.accessControlAllowOrigin, rule.allowsEveryOrigin ? "*" : origin)
    if !rule.allowsEveryOrigin { fields.append(.accessControlAllowCredentials, "true") }
    if !rule.exposedHeaders.isEmpty {
      fields.append(.accessControlExposeHeaders, rule.exposedHeaders.joined(separator: ", "))
    }
    fields.append(.vary, "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
  }
}

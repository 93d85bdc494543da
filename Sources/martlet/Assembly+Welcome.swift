import Gateway
import Glibc
import Identity
import S3Model
import Settings

extension Assembly {
  /// What a person needs to try the gateway from a shell: endpoint, keys, CA, and a session to paste that ends with a
  /// key which may do only what its policy says. The AWS CLI of Debian 12 does not know `AWS_ENDPOINT_URL` yet and would
  /// go to AWS, hence the function.
  func welcome(endpoint: String) -> String {
    let authority = certificateAuthority.map { Self.absolute($0) }
    let secret = root.secretAccessKey.withBytes { String(decoding: $0, as: UTF8.self) }
    let keys: String
    let origin: String
    switch root.source {
    case .file(let path, _):
      keys = "AWS_ACCESS_KEY_ID=\(root.accessKeyID) AWS_SECRET_ACCESS_KEY=\(secret)"
      origin = "in \(path)"
    case .environment:
      keys = "AWS_ACCESS_KEY_ID=$MARTLET_ROOT_ACCESS_KEY AWS_SECRET_ACCESS_KEY=$MARTLET_ROOT_SECRET_KEY"
      origin = "from the environment"
    }
    let bundle = authority.map { " AWS_CA_BUNDLE=\($0)" } ?? ""
    let policy =
      #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"#
      + #""Resource":"arn:aws:s3:::hello/*"}}"#
    let columns = "Credentials.[AccessKeyId,SecretAccessKey,SessionToken]"
    return """

      Martlet is ready.
        endpoint   \(endpoint)
        root keys  \(root.accessKeyID) / \(secret) (\(origin))
        CA         \(authority ?? "as set in tls.certificates")

      Paste into another shell (with the AWS CLI): the root user makes a bucket and a key that may only read and write
      objects in it; with that key the copies work and the listing is refused.

      export AWS_ENDPOINT_URL=\(endpoint) AWS_DEFAULT_REGION=\(parts.settings.regions[0])\(bundle) \(keys); aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }; aws s3 mb s3://hello
      read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN < <(aws sts get-federation-token --name guest --policy '\(policy)' --query '\(columns)' --output text); export AWS_SESSION_TOKEN
      echo it works | aws s3 cp - s3://hello/first.txt && aws s3 cp s3://hello/first.txt - ; aws s3 ls s3://hello

      Stop with Ctrl-C.
      """
  }
}

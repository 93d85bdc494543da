import COpenSSL

extension TLSConnection {
  /// See ``TLSHandler/certificateDigest()``.
  func certificateDigest() -> [UInt8]? {
    guard let certificate = SSL_get_certificate(ssl) else { return nil }
    var digest: Int32 = 0
    guard X509_get_signature_info(certificate, &digest, nil, nil, nil) == 1 else { return nil }
    // EdDSA and the like have no such hash, and so no binding.
    guard digest != NID_undef else { return nil }
    if digest == NID_md5 || digest == NID_sha1 || digest == NID_md5_sha1 { digest = NID_sha256 }
    guard let name = OBJ_nid2sn(digest), let algorithm = EVP_get_digestbyname(name) else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard X509_digest(certificate, algorithm, &bytes, &count) == 1 else { return nil }
    return Array(bytes.prefix(Int(count)))
  }
}

import Backend

extension ObjectStore {
  func list(
    _ bucket: Bucket, prefix: [UInt8], delimiter: [UInt8], after: [UInt8]?, limit: Int
  ) throws(BackendFailure) -> ListingWalk.Page {
    try bucket.checkExists()
    return try storage { () throws(FileError) in
      try ListingWalk.page(
        root: bucket.root, cache: cache, prefix: prefix, delimiter: delimiter, after: after, limit: limit
      ) { (folder, entry) throws(FileError) -> ObjectSummary? in
        try ObjectFile.open(folder.path.appending(KeyPath.fileName(of: entry)))?.record.summary
      }
    }
  }
}

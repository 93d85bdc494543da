/// The places of one key: its folder, its object file, its tag sidecar.
struct KeyLocation {
  /// From the bucket's root folder down; the last one holds the object.
  let folders: [FolderID]
  /// What the object adds to the key in its folder.
  let entry: [UInt8]

  init(_ key: [UInt8], root: FilePath) {
    var entries = KeyPath.entries(of: key)
    entry = entries.removeLast()
    var folder = FolderID(path: root, prefix: [])
    var folders = [folder]
    folders.reserveCapacity(entries.count + 1)
    for entry in entries {
      folder = folder.child(entry)
      folders.append(folder)
    }
    self.folders = folders
  }

  var folder: FolderID { folders[folders.count - 1] }
  var object: FilePath { folder.path.appending(KeyPath.fileName(of: entry)) }
  /// Tags set after the upload; see ``TagSidecar``.
  var sidecar: FilePath { folder.path.appending([0x74, 0x5F] + entry) }
}

/// One folder of the key tree.
struct FolderID: Sendable {
  let path: FilePath
  /// What all keys in it start with.
  let prefix: [UInt8]

  func child(_ entry: [UInt8]) -> FolderID {
    FolderID(path: path.appending(KeyPath.fileName(of: entry)), prefix: prefix + entry)
  }
}

import S3Model
import Testing

@Suite struct ActionTests {
  @Test func numbersAreDenseAndNamesDistinct() {
    let all = Action.all
    #expect(all.count == Action.count)
    #expect(all.map(\.index) == Array(0..<Action.count))
    #expect(Set(all.map { $0.name.description }).count == all.count)
  }

  @Test(arguments: [
    ("s3:GetObject", Action.s3(.getObject)), ("S3:getobject", .s3(.getObject)),
    ("sts:AssumeRole", .sts(.assumeRole)), ("iam:PassRole", .iam(.passRole)),
  ])
  func findsByNameInAnyCase(name: String, action: Action) {
    #expect(Action(name: Array(name.utf8)) == action)
  }

  @Test(arguments: ["", "s3:", "GetObject", "s3:GetObject ", "s3:*", "ec2:RunInstances"])
  func refusesOtherNames(name: String) {
    #expect(Action(name: Array(name.utf8)) == nil)
  }

  @Test func resourceTypesTellBucketFromObject() {
    #expect(S3Action.getObject.resourceTypes.contains(.object))
    #expect(!S3Action.getObject.resourceTypes.contains(.bucket))
    #expect(S3Action.listBucket.resourceTypes.contains(.bucket))
    #expect(S3Action.listAllMyBuckets.resourceTypes.isEmpty)
  }

  @Test func arnsKeepTheKeyByteExact() {
    let access = Access(.getObject, bucket: "b", key: "a/../%41")
    #expect(access.resource == "arn:aws:s3:::b/a/../%41")
    #expect(Access(.listBucket, bucket: "b").resource == "arn:aws:s3:::b")
    #expect(Access(service: .listAllMyBuckets).resource == "arn:aws:s3:::*")
  }
}

"""What keys may do: identities from settings, policies of users, groups, boundaries and buckets."""

import json
import subprocess
import uuid

import boto3
import botocore.config
import pytest

from gateway import Gateway
from identities import (ACCOUNT, allow, bucket_arns, deny, keys, policy, render, secret_key, access_key, user,
                        user_arn)
from refusals import denied, refused

SHARED = bucket_arns("shared")
CONFIG = render(identities={
    "policies": {"read-shared": policy(allow(["s3:GetObject", "s3:ListBucket"], SHARED))},
    "groups": {"readers": {"policies": ["read-shared"]}},
    "users": {
        **user("home", allow("s3:*", "arn:aws:s3:::homes/${aws:username}/*"),
               allow("s3:ListBucket", "arn:aws:s3:::homes",
                     Condition={"StringLike": {"s3:prefix": ["${aws:username}/*"]}})),
        **user("member", groups=["readers"]),
        **user("locked", allow("s3:*", "*"), deny("s3:*", SHARED[0] + "/locked/*"), groups=["readers"]),
        **user("local", allow("s3:*", SHARED, Condition={"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}})),
        **user("remote", allow("s3:*", SHARED, Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})),
        **user("plain-http", allow("s3:*", SHARED, Condition={"Bool": {"aws:SecureTransport": False}})),
        **user("by-tag", allow("s3:GetObject", SHARED,
                               Condition={"StringEquals": {"s3:ExistingObjectTag/team": "blue"}}),
               allow(["s3:PutObject", "s3:PutObjectTagging"], SHARED,
                     Condition={"StringEquals": {"s3:RequestObjectTag/team": "blue"},
                                "ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["team"]}})),
        **user("bounded", allow("s3:*", "*"), permissions_boundary="read-shared"),
        **user("nobody"),
        **user("no-list", allow("s3:GetObject", SHARED)),
        **user("copies", allow("s3:GetObject", SHARED[0] + "/from/*"), allow("s3:PutObject", SHARED[0] + "/to/*")),
        **user("some", allow(["s3:DeleteObject", "s3:PutObject"], SHARED[0] + "/mine/*")),
        **user("canned", policies=["readonly"]),
        **user("star", allow("s3:GetObject", "arn:aws:s3:::homes/${aws:PrincipalTag/folder}/*"),
               tags={"folder": "*"}),
        "off": {"access_keys": [{"id": access_key("off"), "secret": secret_key("off"), "status": "inactive"},
                                {"id": access_key("off", 2), "secret": secret_key("off", 2)}],
                "policies": ["readwrite"]},
    },
})


@pytest.fixture(scope="module")
def gateway():
    with Gateway(CONFIG) as running:
        s3 = running.client()
        for bucket in ("shared", "homes"):
            s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket="shared", Key="k", Body=b"shared")
        s3.put_object(Bucket="shared", Key="locked/k", Body=b"locked")
        yield running


@pytest.fixture
def own(gateway):
    """A bucket that no identity policy but root's reaches."""
    name = f"own-{uuid.uuid4().hex[:12]}"
    gateway.client().create_bucket(Bucket=name)
    return name


def curl(gateway, *arguments, path=""):
    run = subprocess.run(["curl", "-s", "--cacert", gateway.ca, "-w", "\n%{http_code}", *arguments,
                          gateway.endpoint + path], capture_output=True, text=True, check=True, timeout=30)
    body, _, status = run.stdout.rpartition("\n")
    return int(status), body


# --- identity policies

def test_home_folders(gateway, tmp_path):
    s3 = gateway.client(**keys("home"))
    s3.put_object(Bucket="homes", Key="home/k", Body=b"mine")
    assert s3.get_object(Bucket="homes", Key="home/k")["Body"].read() == b"mine"
    assert [e["Key"] for e in s3.list_objects_v2(Bucket="homes", Prefix="home/")["Contents"]] == ["home/k"]
    gateway.client().put_object(Bucket="homes", Key="other/k", Body=b"")
    for action in [
        lambda: s3.put_object(Bucket="homes", Key="other/k", Body=b""),
        lambda: s3.get_object(Bucket="homes", Key="other/k"),
        lambda: s3.put_object(Bucket="homes", Key="homer/k", Body=b""),
        # A key is bytes: dot segments lead nowhere, least of all into another folder's rules.
        lambda: s3.get_object(Bucket="homes", Key="./home/k"),
        lambda: s3.list_objects_v2(Bucket="homes"),
        lambda: s3.list_objects_v2(Bucket="homes", Prefix="other/"),
        lambda: s3.list_objects_v2(Bucket="homes", Prefix="home"),
        lambda: s3.list_object_versions(Bucket="homes", Prefix="home/"),
        lambda: s3.delete_object(Bucket="homes", Key="other/k"),
        lambda: s3.list_buckets(),
        lambda: s3.create_bucket(Bucket="homes-2"),
        lambda: s3.delete_bucket(Bucket="homes"),
    ]:
        with denied():
            action()
    # The same through `aws`.
    source = tmp_path / "source"
    source.write_text("by aws")
    gateway.aws("s3", "cp", str(source), "s3://homes/home/by-aws", **keys("home"))
    assert "by-aws" in gateway.aws("s3", "ls", "s3://homes/home/", **keys("home")).stdout
    run = gateway.aws("s3", "cp", str(source), "s3://homes/other/by-aws", check=False, **keys("home"))
    assert run.returncode != 0 and "AccessDenied" in run.stderr
    s3.delete_object(Bucket="homes", Key="home/k")


def test_substituted_values_are_data(gateway):
    root = gateway.client()
    root.put_object(Bucket="homes", Key="*/k", Body=b"literal star")
    root.put_object(Bucket="homes", Key="someone/k", Body=b"")
    s3 = gateway.client(**keys("star"))
    assert s3.get_object(Bucket="homes", Key="*/k")["Body"].read() == b"literal star"
    with denied():
        s3.get_object(Bucket="homes", Key="someone/k")


def test_groups_and_nobody(gateway):
    member = gateway.client(**keys("member"))
    assert member.get_object(Bucket="shared", Key="k")["Body"].read() == b"shared"
    with denied():
        member.put_object(Bucket="shared", Key="k", Body=b"")
    nobody = gateway.client(**keys("nobody"))
    for action in [lambda: nobody.get_object(Bucket="shared", Key="k"), lambda: nobody.head_object(
            Bucket="shared", Key="k"), lambda: nobody.list_objects_v2(Bucket="shared"), lambda: nobody.list_buckets()]:
        with denied():
            action()


def test_deny_overrides(gateway):
    s3 = gateway.client(**keys("locked"))
    assert s3.get_object(Bucket="shared", Key="k")["Body"].read() == b"shared"
    with denied() as error:
        s3.get_object(Bucket="shared", Key="locked/k")
    request_id = error.value.response["ResponseMetadata"]["RequestId"]
    line, = gateway.audit_lines(request_id)
    assert line["decision"] == "denied" and line["statement"] == {"policy": "own", "layer": "identity", "index": 1}
    assert line["principal"]["arn"] == user_arn("locked")


def test_conditions_on_the_connection(gateway):
    assert gateway.client(**keys("local")).get_object(Bucket="shared", Key="k")["ContentLength"] == 6
    for name in ("remote", "plain-http"):
        with denied():
            gateway.client(**keys(name)).get_object(Bucket="shared", Key="k")


def test_tags_of_objects(gateway):
    root = gateway.client()
    root.put_object(Bucket="shared", Key="blue", Body=b"blue", Tagging="team=blue")
    root.put_object(Bucket="shared", Key="red", Body=b"red", Tagging="team=red")
    s3 = gateway.client(**keys("by-tag"))
    assert s3.get_object(Bucket="shared", Key="blue")["Body"].read() == b"blue"
    for key in ("red", "k", "missing"):
        with denied():
            s3.get_object(Bucket="shared", Key=key)
    s3.put_object(Bucket="shared", Key="new", Body=b"", Tagging="team=blue")
    for arguments in [{}, {"Tagging": "team=red"}, {"Tagging": "team=blue&more=1"}]:
        with denied():
            s3.put_object(Bucket="shared", Key="new", Body=b"x", **arguments)
    s3.put_object_tagging(Bucket="shared", Key="new", Tagging={"TagSet": [{"Key": "team", "Value": "blue"}]})
    with denied():
        s3.put_object_tagging(Bucket="shared", Key="new", Tagging={"TagSet": [{"Key": "team", "Value": "red"}]})
    assert root.get_object_tagging(Bucket="shared", Key="new")["TagSet"] == [{"Key": "team", "Value": "blue"}]


def test_permissions_boundary(gateway):
    s3 = gateway.client(**keys("bounded"))
    assert s3.get_object(Bucket="shared", Key="k")["Body"].read() == b"shared"
    for action in [lambda: s3.put_object(Bucket="shared", Key="k", Body=b""), lambda: s3.list_buckets(),
                   lambda: s3.get_object(Bucket="homes", Key="other/k")]:
        with denied():
            action()


def test_canned_policy(gateway):
    s3 = gateway.client(**keys("canned"))
    assert s3.get_object(Bucket="shared", Key="k")["Body"].read() == b"shared"
    with denied():
        s3.put_object(Bucket="shared", Key="k", Body=b"")


def test_copy_needs_source_and_destination(gateway):
    root = gateway.client()
    root.put_object(Bucket="shared", Key="from/k", Body=b"from", Tagging="a=b")
    root.put_object(Bucket="shared", Key="to/k", Body=b"to")
    s3 = gateway.client(**keys("copies"))
    with denied():  # the source has tags, which a copy brings along only for those who may read them
        s3.copy_object(Bucket="shared", Key="to/k", CopySource="shared/from/k")
    root.put_object(Bucket="shared", Key="from/k", Body=b"from")
    with denied():
        s3.copy_object(Bucket="shared", Key="to/k", CopySource="shared/k")
    with denied():
        s3.copy_object(Bucket="shared", Key="from/k", CopySource="shared/from/k2")
    upload = s3.create_multipart_upload(Bucket="shared", Key="to/m")["UploadId"]
    s3.upload_part_copy(Bucket="shared", Key="to/m", UploadId=upload, PartNumber=1, CopySource="shared/from/k")
    with denied():
        s3.upload_part_copy(Bucket="shared", Key="to/m", UploadId=upload, PartNumber=1, CopySource="shared/k")
    root.abort_multipart_upload(Bucket="shared", Key="to/m", UploadId=upload)
    assert root.get_object(Bucket="shared", Key="to/k")["Body"].read() == b"to"
    s3.copy_object(Bucket="shared", Key="to/k", CopySource="shared/from/k")
    assert root.get_object(Bucket="shared", Key="to/k")["Body"].read() == b"from"


def test_delete_objects_deletes_what_is_allowed(gateway):
    s3 = gateway.client(**keys("some"))
    for key in ("mine/1", "mine/2"):
        s3.put_object(Bucket="shared", Key=key, Body=b"")
    objects = [{"Key": key} for key in ("mine/1", "k", "mine/2", "locked/k")]
    answer = s3.delete_objects(Bucket="shared", Delete={"Objects": objects})
    assert sorted(e["Key"] for e in answer["Deleted"]) == ["mine/1", "mine/2"]
    assert sorted((e["Key"], e["Code"]) for e in answer["Errors"]) == [("k", "AccessDenied"),
                                                                      ("locked/k", "AccessDenied")]
    listed = [e["Key"] for e in gateway.client().list_objects_v2(Bucket="shared")["Contents"]]
    assert "k" in listed and "locked/k" in listed and not [key for key in listed if key.startswith("mine/")]
    # All refused: still a result, and nothing reaches the store.
    answer = s3.delete_objects(Bucket="shared", Delete={"Objects": [{"Key": "k"}], "Quiet": True})
    assert [e["Code"] for e in answer["Errors"]] == ["AccessDenied"]
    assert gateway.client().get_object(Bucket="shared", Key="k")["Body"].read() == b"shared"


def test_missing_keys_show_only_to_those_who_may_list(gateway):
    lists, not_lists = gateway.client(**keys("member")), gateway.client(**keys("no-list"))
    assert not_lists.get_object(Bucket="shared", Key="k")["Body"].read() == b"shared"
    with refused("NoSuchKey", status=404):
        lists.get_object(Bucket="shared", Key="missing")
    with refused("404", status=404):
        lists.head_object(Bucket="shared", Key="missing")
    with denied():
        not_lists.get_object(Bucket="shared", Key="missing")
    with denied():
        not_lists.head_object(Bucket="shared", Key="missing")


# --- keys and signatures

def test_keys_that_do_not_count(gateway):
    assert gateway.client(**keys("off", 2)).get_object(Bucket="shared", Key="k")["ContentLength"] == 6
    with refused("InvalidAccessKeyId", status=403):
        gateway.client(**keys("off")).get_object(Bucket="shared", Key="k")
    with refused("InvalidAccessKeyId", status=403):
        gateway.client(access_key="AKIAUNKNOWNUNKNOWN00", secret_key=secret_key("off")).list_buckets()


def test_wrong_secret(gateway):
    s3 = gateway.client(access_key=access_key("member"), secret_key=secret_key("nobody"))
    with refused("SignatureDoesNotMatch", status=403) as error:
        s3.get_object(Bucket="shared", Key="k")
    answer = error.value.response["Error"]
    assert answer["CanonicalRequest"].startswith("GET\n/shared/k\n")
    assert answer["StringToSign"].startswith("AWS4-HMAC-SHA256\n")
    assert answer["AWSAccessKeyId"] == access_key("member")
    assert secret_key("member") not in json.dumps(answer)


def test_redacted_values(gateway):
    s3 = gateway.client(access_key=access_key("member"), secret_key=secret_key("nobody"))
    with refused("SignatureDoesNotMatch") as error:
        s3.get_object(Bucket="shared", Key="k", SSECustomerAlgorithm="AES256", SSECustomerKey=b"k" * 32)
    canonical = error.value.response["Error"]["CanonicalRequest"]
    assert "x-amz-server-side-encryption-customer-key:<redacted>" in canonical
    import base64
    assert base64.b64encode(b"k" * 32).decode() not in json.dumps(error.value.response["Error"])


def test_wrong_region(gateway):
    s3 = gateway.client(region="eu-central-1", **keys("member"))
    with refused("AuthorizationHeaderMalformed", status=400) as error:
        s3.list_buckets()
    assert error.value.response["Error"]["Region"] == "us-east-1"
    # For requests about a bucket botocore goes on in the region that the answer names.
    assert s3.get_object(Bucket="shared", Key="k")["Body"].read() == b"shared"
    s3 = gateway.client(region="eu-central-1", **keys("member"))
    assert s3.head_object(Bucket="shared", Key="k")["ContentLength"] == 6
    s3 = gateway.client(region="eu-central-1", **keys("member"))
    assert s3.head_bucket(Bucket="shared")["BucketRegion"] == "us-east-1"
    url = gateway.client(region="eu-central-1", signature_version="s3v4", **keys("member")).generate_presigned_url(
        "get_object", Params={"Bucket": "shared", "Key": "k"})
    status, body = curl(gateway, path=url.removeprefix(gateway.endpoint))
    assert status == 400 and "<Code>AuthorizationQueryParametersError</Code>" in body and "us-east-1" in body


# --- bucket policies

def test_bucket_policy(gateway, own):
    root, nobody = gateway.client(), gateway.client(**keys("nobody"))
    root.put_object(Bucket=own, Key="k", Body=b"own")
    with refused("NoSuchBucketPolicy", status=404):
        root.get_bucket_policy(Bucket=own)
    with denied():
        nobody.get_object(Bucket=own, Key="k")
    document = policy({"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": user_arn("nobody")},
                       "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{own}/*"})
    root.put_bucket_policy(Bucket=own, Policy=json.dumps(document))
    assert json.loads(root.get_bucket_policy(Bucket=own)["Policy"]) == document
    assert root.get_bucket_policy_status(Bucket=own)["PolicyStatus"]["IsPublic"] is False
    got = nobody.get_object(Bucket=own, Key="k")
    assert got["Body"].read() == b"own"
    line, = gateway.audit_lines(got["ResponseMetadata"]["RequestId"])
    assert line["statement"]["layer"] == "resource" and line["statement"]["sid"] == "Read"
    for action in [lambda: nobody.put_object(Bucket=own, Key="k", Body=b""),
                   lambda: nobody.get_bucket_policy(Bucket=own), lambda: nobody.delete_bucket_policy(Bucket=own),
                   lambda: nobody.put_bucket_policy(Bucket=own, Policy=json.dumps(document)),
                   lambda: gateway.client(**keys("no-list")).get_object(Bucket=own, Key="k")]:
        with denied():
            action()
    # A deny in the bucket's policy stands above what an identity policy allows.
    locked = gateway.client(**keys("locked"))
    assert locked.get_object(Bucket=own, Key="k")["Body"].read() == b"own"
    document["Statement"].append({"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
                                  "Resource": f"arn:aws:s3:::{own}/*",
                                  "Condition": {"ArnEquals": {"aws:PrincipalArn": user_arn("locked")}}})
    root.put_bucket_policy(Bucket=own, Policy=json.dumps(document))
    with denied():
        locked.get_object(Bucket=own, Key="k")
    root.delete_bucket_policy(Bucket=own)
    assert locked.get_object(Bucket=own, Key="k")["Body"].read() == b"own"
    with denied():
        nobody.get_object(Bucket=own, Key="k")


def test_anonymous(gateway, own):
    root = gateway.client()
    root.put_object(Bucket=own, Key="public/k", Body=b"public")
    root.put_object(Bucket=own, Key="k", Body=b"private")
    assert curl(gateway, path=f"/{own}/public/k")[0] == 403
    root.put_bucket_policy(Bucket=own, Policy=json.dumps(policy(
        {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:PutObject"],
         "Resource": f"arn:aws:s3:::{own}/public/*"})))
    assert root.get_bucket_policy_status(Bucket=own)["PolicyStatus"]["IsPublic"] is True
    assert curl(gateway, path=f"/{own}/public/k") == (200, "public")
    status, body = curl(gateway, path=f"/{own}/k")
    assert status == 403 and "<Code>AccessDenied</Code>" in body
    assert curl(gateway, path=f"/{own}")[0] == 403
    assert curl(gateway, path="/")[0] == 403
    assert curl(gateway, "-X", "DELETE", path=f"/{own}/public/k")[0] == 403
    assert curl(gateway, "--data-binary", "written", "-X", "PUT", path=f"/{own}/public/n")[0] == 200
    assert curl(gateway, path=f"/{own}/public/n") == (200, "written")
    # What answers say is for those who sign to choose.
    status, body = curl(gateway, path=f"/{own}/public/k?response-content-type=text/html")
    assert status == 400 and "InvalidRequest" in body


def test_policy_of_a_deleted_bucket_does_not_come_back(gateway, own):
    root = gateway.client()
    document = json.dumps(policy({"Effect": "Allow", "Principal": "*", "Action": "s3:*",
                                  "Resource": bucket_arns(own)}))
    root.put_bucket_policy(Bucket=own, Policy=document)
    root.put_object(Bucket=own, Key="k", Body=b"1")
    assert curl(gateway, path=f"/{own}/k") == (200, "1")
    root.delete_object(Bucket=own, Key="k")
    root.delete_bucket(Bucket=own)
    root.create_bucket(Bucket=own)
    root.put_object(Bucket=own, Key="k", Body=b"2")
    assert curl(gateway, path=f"/{own}/k")[0] == 403
    with refused("NoSuchBucketPolicy"):
        root.get_bucket_policy(Bucket=own)


@pytest.mark.parametrize("document", [
    "not JSON", "[]", "{}",
    json.dumps(policy({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::BUCKET/*"})),
    json.dumps(policy({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::another/*"})),
    json.dumps(policy({"Effect": "Allow", "Principal": "*", "Action": "s3:NoSuchAction",
                       "Resource": "arn:aws:s3:::BUCKET/*", "Unknown": 1})),
    json.dumps(policy({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                       "Resource": "arn:aws:s3:::BUCKET/*", "Condition": {"StringEqual": {"aws:UserAgent": "x"}}})),
    '{"Version":"2012-10-17","Statement":[],"Statement":[]}',
])
def test_malformed_bucket_policies(gateway, own, document):
    root = gateway.client()
    with refused("MalformedPolicy", status=400):
        root.put_bucket_policy(Bucket=own, Policy=document.replace("BUCKET", own))
    with refused("NoSuchBucketPolicy"):
        root.get_bucket_policy(Bucket=own)


def test_bucket_policies_outlive_a_restart(tmp_path):
    with Gateway(folder=tmp_path) as first:
        first.client().create_bucket(Bucket="kept")
        first.client().put_object(Bucket="kept", Key="k", Body=b"kept")
        first.client().put_bucket_policy(Bucket="kept", Policy=json.dumps(policy(
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::kept/*"})))
    with Gateway(folder=tmp_path) as second:
        assert curl(second, path="/kept/k") == (200, "kept")
        second.client().delete_bucket_policy(Bucket="kept")
        assert curl(second, path="/kept/k")[0] == 403


@pytest.fixture(params=["embedded", "moto"])
def anywhere(request):
    """Before the embedded store, and before a store that would keep a public access block without the gateway."""
    return request.getfixturevalue("embedded" if request.param == "embedded" else "before_moto")


def test_public_access_block(anywhere):
    gateway, own = anywhere, f"block-{uuid.uuid4().hex[:12]}"
    root = gateway.client()
    public = json.dumps(policy({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                                "Resource": f"arn:aws:s3:::{own}/*"}))
    limited = json.dumps(policy({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                                 "Resource": f"arn:aws:s3:::{own}/*",
                                 "Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}}))

    def block(**flags):
        root.put_public_access_block(Bucket=own, PublicAccessBlockConfiguration=flags)

    with refused("NoSuchBucket", status=404):
        block(BlockPublicPolicy=True)
    root.create_bucket(Bucket=own)
    with refused("NoSuchPublicAccessBlockConfiguration", status=404):
        root.get_public_access_block(Bucket=own)
    root.put_object(Bucket=own, Key="k", Body=b"own")
    root.put_bucket_policy(Bucket=own, Policy=public)
    assert curl(gateway, path=f"/{own}/k") == (200, "own")
    # RestrictPublicBuckets: the policy stays and serves the own account only.
    block(RestrictPublicBuckets=True)
    assert root.get_public_access_block(Bucket=own)["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": False, "IgnorePublicAcls": False, "BlockPublicPolicy": False, "RestrictPublicBuckets": True}
    assert curl(gateway, path=f"/{own}/k")[0] == 403
    assert root.get_object(Bucket=own, Key="k")["Body"].read() == b"own"
    # A policy that is not public still lets in whom it names.
    root.put_bucket_policy(Bucket=own, Policy=limited)
    assert curl(gateway, path=f"/{own}/k") == (200, "own")
    # BlockPublicPolicy: a public one is refused, and what was there stays.
    block(BlockPublicPolicy=True)
    with refused("AccessDenied", status=403):
        root.put_bucket_policy(Bucket=own, Policy=public)
    assert json.loads(root.get_bucket_policy(Bucket=own)["Policy"]) == json.loads(limited)
    root.put_bucket_policy(Bucket=own, Policy=limited)
    # BlockPublicAcls
    block(BlockPublicAcls=True)
    for acl in ({"ACL": "public-read"}, {"GrantRead": "uri=http://acs.amazonaws.com/groups/global/AllUsers"}):
        with refused("AccessDenied", status=403):
            root.put_object(Bucket=own, Key="acl", Body=b"", **acl)
        with refused("AccessDenied", status=403):
            root.put_object_acl(Bucket=own, Key="k", **acl)
    with refused("AccessDenied", status=403):
        root.put_bucket_acl(Bucket=own, AccessControlPolicy={"Owner": {"ID": "o"}, "Grants": [
            {"Permission": "READ", "Grantee": {"Type": "Group",
                                               "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}}]})
    root.put_object(Bucket=own, Key="acl", Body=b"", ACL="private")
    # Without a block, and for whoever makes the bucket anew, all is as before.
    root.delete_public_access_block(Bucket=own)
    root.put_bucket_policy(Bucket=own, Policy=public)
    block(RestrictPublicBuckets=True)
    for key in ("k", "acl"):
        root.delete_object(Bucket=own, Key=key)
    root.delete_bucket(Bucket=own)
    root.create_bucket(Bucket=own)
    with refused("NoSuchPublicAccessBlockConfiguration", status=404):
        root.get_public_access_block(Bucket=own)


def test_public_access_blocks_need_permission_and_outlive_a_restart(tmp_path):
    config = render(identities={"users": {**user("policies", allow(["s3:*BucketPolicy", "s3:CreateBucket"], "*"))}})
    with Gateway(config, folder=tmp_path) as first:
        root = first.client()
        root.create_bucket(Bucket="kept")
        root.put_object(Bucket="kept", Key="k", Body=b"kept")
        root.put_bucket_policy(Bucket="kept", Policy=json.dumps(policy(
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::kept/*"})))
        root.put_public_access_block(Bucket="kept", PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
        other = first.client(**keys("policies"))
        for action in (lambda: other.delete_public_access_block(Bucket="kept"),
                       lambda: other.get_public_access_block(Bucket="kept"),
                       lambda: other.put_public_access_block(Bucket="kept", PublicAccessBlockConfiguration={})):
            with denied():
                action()
    with Gateway(config, folder=tmp_path) as second:
        assert curl(second, path="/kept/k")[0] == 403
        second.reload(config + "\nregions: [us-east-1, eu-central-1]\n")
        assert curl(second, path="/kept/k")[0] == 403
    # What cannot be read rules everything out.
    (tmp_path / "data/public-access-blocks/kept.xml").write_text("<Public")
    with Gateway(config, folder=tmp_path) as third:
        third.await_log("a public access block cannot be read")
        assert curl(third, path="/kept/k")[0] == 403
        third.client().delete_public_access_block(Bucket="kept")
        assert curl(third, path="/kept/k") == (200, "kept")


def test_root_is_not_locked_out(gateway, own):
    """A policy that denies everybody everything still leaves root the policy itself, as on AWS."""
    root = gateway.client()
    root.put_bucket_policy(Bucket=own, Policy=json.dumps(policy(
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": bucket_arns(own)})))
    with denied():
        root.list_objects_v2(Bucket=own)
    root.delete_bucket_policy(Bucket=own)
    root.list_objects_v2(Bucket=own)

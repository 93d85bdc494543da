"""Every field of `input` that policies/README.md describes, as real requests give it."""

import json
import re
import time

import requests

from gateway import Gateway, ROOT, ROOT_ACCESS_KEY
from refusals import denied

SETTINGS = """
account_id: "111122223333"
regions: [eu-central-1]
authorization:
  rego: restrict
  policies: {folder}
  input: {shape}
identities:
  groups:
    staff: {{policies: [readwrite]}}
  users:
    alice:
      access_keys: [{{id: AKIAEXAMPLEALICE0001, secret: alice-secret-key-0123456789-abcdefghij}}]
      groups: [staff]
      tags: {{team: red}}
      inline_policies:
        sts: {{Version: "2012-10-17", Statement: [{{Effect: Allow, Action: "sts:*", Resource: "*"}}]}}
  roles:
    app:
      policies: [readwrite]
      tags: {{layer: back}}
      trust_policy: {{Version: "2012-10-17", Statement: [{{Effect: Allow, Action: "sts:*", Principal: {{AWS: "111122223333"}}}}]}}
"""


class Inputs:
    """A gateway that adds the whole document to the responses of accesses for which `condition` holds."""

    def __init__(self, tmp_path, shape, condition):
        folder = tmp_path / "bundle"
        folder.mkdir()
        (folder / "authz.rego").write_text(f"""package martlet.authz

text := json.marshal(input)

part(number) := substring(text, number * 4000, 4000)

obligations := {{"response_headers": {{sprintf("X-Input-%d", [n]): part(n) | some n in [0, 1, 2]}}}} if {{
	{condition}
}}
""")
        self.server = Gateway(SETTINGS.format(folder=folder, shape=shape))

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *arguments):
        return self.server.__exit__(*arguments)

    def client(self, service="s3", access_key="AKIAEXAMPLEALICE0001",
               secret_key="alice-secret-key-0123456789-abcdefghij", token=None, **config):
        return self.server.client(service, access_key, secret_key, token, "eu-central-1", **config)

    @staticmethod
    def of(answer):
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        return json.loads("".join(headers[f"x-input-{number}"] for number in range(3)))


def values(document, prefix=""):
    """Fields by their paths, objects of one level taken apart."""
    found = {}
    for name, value in document.items():
        if not prefix and isinstance(value, dict) and name != "conditions":
            found |= values(value, f"{name}.")
        else:
            found[prefix + name] = value
    return found


def documented():
    """Paths in the table of `input` in the README."""
    text = (ROOT / "policies/README.md").read_text().split("## `input`")[1].split("Only signed headers")[0]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall("`([^`]+)`", row)}


def test_every_field_of_the_readme_is_given(tmp_path):
    seen = {}
    with Inputs(tmp_path, "martlet",
                'input.action in {"s3:PutObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:CreateBucket", '
                '"sts:AssumeRole"}') as inputs:
        of = inputs.of
        s3 = inputs.client(user_agent="tester/1")
        created = values(of(s3.create_bucket(
            Bucket="data", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})))
        assert created["s3.location_constraint"] == "eu-central-1" and created["bucket"] == "data"
        put = values(of(s3.put_object(Bucket="data", Key="a b", Body=b"12345", Tagging="level=open",
                                      StorageClass="STANDARD", ACL="private")))
        expected = {
            "service": "s3", "operation": "PutObject", "action": "s3:PutObject", "bucket": "data",
            "resource": "arn:aws:s3:::data/a b", "account": "111122223333", "object.key": "a b",
            "principal.type": "user", "principal.arn": "arn:aws:iam::111122223333:user/alice",
            "principal.account": "111122223333", "principal.name": "alice", "principal.groups": ["staff"],
            "principal.tags": {"team": "red"}, "request.method": "PUT", "request.path": "/data/a%20b",
            "request.source_ip": "127.0.0.1", "request.secure": True, "request.tls_version": "1.3",
            "request.region": "eu-central-1", "request.auth_type": "REST-HEADER",
            "request.signature_version": "AWS4-HMAC-SHA256", "request.content_length": 5, "s3.acl": "private",
            "s3.storage_class": "STANDARD", "s3.tags": {"level": "open"},
        }
        assert {name: put.get(name) for name in expected} == expected
        assert put["object.tags"] == {} and put["request.signature_age"] < 60_000
        assert "tester/1" in put["request.user_agent"]
        assert put["request.id"] in {line["request_id"] for line in inputs.server.audit_lines(put["request.id"])}
        assert put["conditions"]["aws:SourceIp"] == "127.0.0.1"
        assert put["conditions"]["aws:PrincipalTag/team"] == "red"
        assert not any(name.startswith(("session.", "sts.")) or value is None for name, value in put.items())
        copy = values(of(s3.copy_object(Bucket="data", Key="copy", CopySource={"Bucket": "data", "Key": "a b"},
                                        MetadataDirective="REPLACE")))
        assert copy["s3.copy_source"].endswith("data/a%20b") and copy["s3.metadata_directive"] == "REPLACE"
        listing = values(of(s3.list_objects_v2(Bucket="data", Prefix="p/", Delimiter="/", MaxKeys=7)))
        assert (listing["s3.prefix"], listing["s3.delimiter"], listing["s3.max_keys"]) == ("p/", "/", 7)
        assert "object.key" not in listing
        answer = inputs.client("sts").assume_role(
            RoleArn="arn:aws:iam::111122223333:role/app", RoleSessionName="night", ExternalId="agreed",
            DurationSeconds=900, Tags=[{"Key": "team", "Value": "blue"}], TransitiveTagKeys=["team"],
            SourceIdentity="alice")
        assumed = values(of(answer))
        expected = {
            "service": "sts", "operation": "AssumeRole", "action": "sts:AssumeRole",
            "resource": "arn:aws:iam::111122223333:role/app", "sts.role_arn": "arn:aws:iam::111122223333:role/app",
            "sts.session_name": "night", "sts.external_id": "agreed", "sts.duration_seconds": 900,
            "sts.tags": {"team": "blue"}, "sts.transitive_tag_keys": ["team"],
        }
        assert {name: assumed.get(name) for name in expected} == expected
        assert not {"bucket", "object.key", "s3.tags"} & set(assumed)
        keys = answer["Credentials"]
        role = inputs.client("s3", keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        session = values(of(role.put_object(Bucket="data", Key="b", Body=b"")))
        expected = {"principal.type": "role-session", "principal.role": "app",
                    "principal.tags": {"team": "blue", "layer": "back"}, "session.mfa": False,
                    "session.source_identity": "alice", "request.content_length": 0}
        assert {name: session.get(name) for name in expected} == expected
        assert abs(session["session.issued_at"] - time.time()) < 120
        for document in (created, put, copy, listing, assumed, session):
            seen |= document
    # Of these the store, the caller or the session has none here; unit tests of Authorization have them.
    elsewhere = {"object.version_id", "session.mfa_age", "session.provider", "session.claims", "request.referer",
                 "s3.server_side_encryption", "s3.kms_key_id"}
    assert documented() - set(seen) == elsewhere
    assert set(seen) <= documented()


def test_shape_of_minio(tmp_path):
    with Inputs(tmp_path, "minio", 'input.action in {"s3:PutObject", "s3:ListBucket"}') as inputs:
        s3 = inputs.client()
        s3.create_bucket(Bucket="data", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        put = inputs.of(s3.put_object(Bucket="data", Key="a b", Body=b"1", ACL="private"))
        conditions = put.pop("conditions")
        assert put == {"account": "AKIAEXAMPLEALICE0001", "groups": ["staff"], "action": "s3:PutObject",
                       "bucket": "data", "object": "a b", "owner": False, "claims": {}, "denyOnly": False}
        assert {name: conditions[name] for name in ("SourceIp", "SecureTransport", "username", "authType", "X-Amz-Acl")
                } == {"SourceIp": ["127.0.0.1"], "SecureTransport": ["true"], "username": ["alice"],
                      "authType": ["REST-HEADER"], "X-Amz-Acl": ["private"]}
        assert all(isinstance(value, list) and all(isinstance(text, str) for text in value)
                   for value in conditions.values())
        listing = inputs.of(s3.list_objects_v2(Bucket="data", Prefix="p/", MaxKeys=7))
        assert (listing["object"], listing["conditions"]["prefix"], listing["conditions"]["max-keys"]) == (
            "", ["p/"], ["7"])
        root = inputs.of(inputs.server.client("s3", region="eu-central-1").list_objects_v2(Bucket="data"))
        assert root["owner"] is True and root["groups"] is None and root["account"] == ROOT_ACCESS_KEY


def test_shape_of_rgw(tmp_path):
    with Inputs(tmp_path, "rgw", 'input.bucket_info.bucket.name == "data"\n\tinput.method in {"PUT", "GET"}') as inputs:
        s3 = inputs.client()
        s3.create_bucket(Bucket="data", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        user = {"user_id": "alice", "display_name": "alice", "email": "", "suspended": 0}
        bucket = {"bucket": {"name": "data", "tenant": ""}, "owner": "111122223333"}
        put = inputs.of(s3.put_object(Bucket="data", Key="a b", Body=b"1"))
        assert put == {
            "method": "PUT", "relative_uri": "/data/a%20b", "decoded_uri": "/data/a b", "params": "",
            "request_uri_aws4": "/data/a%20b", "object_name": "a b", "subuser": "", "user_info": user,
            "bucket_info": bucket}
        listing = inputs.of(s3.list_objects_v2(Bucket="data", Prefix="p"))
        assert listing["object_name"] == "" and listing["decoded_uri"] == "/data"
        assert set(listing["params"].split("&")) == {"list-type=2", "prefix=p", "encoding-type=url"}
        assert inputs.of(inputs.server.client("s3", region="eu-central-1").list_objects_v2(
            Bucket="data"))["user_info"]["admin"] == "true"
        # What signs a request is told to no policy.
        url = s3.generate_presigned_url("list_objects_v2", {"Bucket": "data", "Prefix": "p"})
        answer = requests.get(url, verify=inputs.server.ca, timeout=20)
        told = json.loads("".join(answer.headers[f"X-Input-{number}"] for number in range(3)))
        assert answer.status_code == 200 and "amz" not in told["params"].lower() and "prefix=p" in told["params"]


def test_iam_requests(tmp_path):
    """The condition keys of iam requests, each by a denial that reads it."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "authz.rego").write_text("""package martlet.authz

deny contains "no administrators" if {
	input.service == "iam"
	endswith(input.conditions["iam:PolicyARN"], "/AdministratorAccess")
}

deny contains "only within the boundary" if {
	input.action == "iam:CreateUser"
	not endswith(input.conditions["iam:PermissionsBoundary"], "/readonly")
}

deny contains "of the path" if startswith(input.resource, "arn:aws:iam::111122223333:user/closed/")
""")
    admin = SETTINGS.replace("groups: [staff]", "policies: [AdministratorAccess]")
    with Gateway(admin.format(folder=folder, shape="martlet")) as server:
        iam = server.client("iam", "AKIAEXAMPLEALICE0001", "alice-secret-key-0123456789-abcdefghij", None,
                            "eu-central-1")
        within = {"PermissionsBoundary": "arn:aws:iam::aws:policy/readonly"}
        with denied():
            iam.create_user(UserName="free", PermissionsBoundary="arn:aws:iam::aws:policy/readwrite")
        iam.create_user(UserName="bob", **within)
        with denied():
            iam.attach_user_policy(UserName="bob", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        iam.attach_user_policy(UserName="bob", PolicyArn="arn:aws:iam::aws:policy/readonly")
        with denied():
            iam.create_user(UserName="shut", Path="/closed/", **within)
        iam.get_user(UserName="bob")

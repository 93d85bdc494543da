"""`martlet policy explain` and `replay`: what a running gateway decided, told and decided again."""

import gzip
import json
import os
import subprocess

import boto3
import botocore.config
import botocore.exceptions
import pytest

from gateway import BINARY, Gateway
from identities import allow

ALICE = ("AKIAEXAMPLEALICE0001", "alice-secret-key-0123456789-abcdefghij")
BOB = ("AKIAEXAMPLEBOBBB0001", "bob-secret-key-0123456789-abcdefghijkl")

SETTINGS = """
authorization:
  rego: restrict
  policies: {bundle}
identities:
  users:
    alice:
      access_keys: [{{id: %s, secret: %s}}]
      policies: [readwrite]
      tags: {{team: red}}
      inline_policies:
        more:
          Version: "2012-10-17"
          Statement:
          - {{Sid: Buckets, Effect: Allow, Action: ["s3:*", "sts:*"], Resource: "*"}}
    bob:
      access_keys: [{{id: %s, secret: %s}}]
      inline_policies:
        home:
          Version: "2012-10-17"
          Statement:
          - Sid: Home
            Effect: Allow
            Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
            Resource: "arn:aws:s3:::mixed/bob/*"
          - Sid: HomeList
            Effect: Allow
            Action: "s3:ListBucket"
            Resource: "arn:aws:s3:::mixed"
            Condition: {{StringLike: {{"s3:prefix": "bob/*"}}}}
          - Sid: Tagged
            Effect: Allow
            Action: "s3:GetObject"
            Resource: "arn:aws:s3:::mixed/*"
            Condition: {{StringEquals: {{"s3:ExistingObjectTag/class": "open"}}}}
          - Sid: Agent
            Effect: Allow
            Action: "s3:GetObject"
            Resource: "arn:aws:s3:::mixed/agent"
            Condition: {{StringLike: {{"aws:UserAgent": "*special*"}}}}
  roles:
    worker:
      trust_policy:
        Version: "2012-10-17"
        Statement:
        - {{Effect: Allow, Principal: {{AWS: "arn:aws:iam::000000000000:user/alice"}},
           Action: ["sts:AssumeRole", "sts:TagSession"]}}
      inline_policies:
        work:
          Version: "2012-10-17"
          Statement:
          - {{Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::mixed/${{aws:PrincipalTag/team}}/*"}}
""" % (*ALICE, *BOB)

BUNDLE = """package martlet.authz

deny contains "frozen" if {
	input.bucket == "mixed"
	startswith(input.object.key, "frozen/")
	input.action == "s3:PutObject"
}

deny contains "secret" if {
	input.action != "s3:DeleteObject"
	input.object.tags.class == "secret"
}

obligations := {"audit_tags": {"size": sprintf("%d", [input.request.content_length])}} if input.request.content_length > 0
"""

# Alice's deletions become denials, and what was frozen becomes allowed.
CHANGED = """package martlet.authz

deny contains "no deletions by alice" if {
	input.action == "s3:DeleteObject"
	input.principal.name == "alice"
}

deny contains "secret" if {
	input.action != "s3:DeleteObject"
	input.object.tags.class == "secret"
}
"""


def command(*arguments, stdin=None, exit_code=0):
    done = subprocess.run(
        [str(BINARY), "policy", *map(str, arguments)], input=stdin, capture_output=True, timeout=120,
        env={k: v for k, v in os.environ.items() if not k.startswith("MARTLET_")})
    assert done.returncode == exit_code, (done.stdout + done.stderr).decode()
    return done.stdout.decode()


def quiet(call, **arguments):
    try:
        return call(**arguments)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A gateway after mixed traffic, stopped: its folder has the audit file."""
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "authz.rego").write_text(BUNDLE)
    gateway = Gateway(SETTINGS.format(bundle=folder), environment={})
    with gateway as server:
        root = server.client("s3")
        root.create_bucket(Bucket="mixed")
        root.put_bucket_policy(Bucket="mixed", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Sid": "Public", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
             "Resource": "arn:aws:s3:::mixed/public/*"},
            {"Sid": "NoPlain", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
             "Resource": "arn:aws:s3:::mixed/sealed/*",
             "Condition": {"Null": {"s3:x-amz-storage-class": "true"}}}]}))
        traffic(server)
        audit = gateway.data / "audit.jsonl"
        server.stop()
        yield gateway, folder, audit


def traffic(server):
    def client(service, keys, **more):
        return server.client(service, access_key=keys[0], secret_key=keys[1], **more)

    alice, bob = client("s3", ALICE), client("s3", BOB)
    alice.put_object(Bucket="mixed", Key="red/a b+c", Body=b"1")
    alice.put_object(Bucket="mixed", Key="public/p", Body=b"1")
    alice.put_object(Bucket="mixed", Key="open", Body=b"1", Tagging="class=open")
    alice.put_object(Bucket="mixed", Key="hidden", Body=b"1", Tagging="class=secret")
    alice.put_object(Bucket="mixed", Key="agent", Body=b"1")
    assert quiet(alice.put_object, Bucket="mixed", Key="frozen/x", Body=b"1") == "AccessDenied"
    assert quiet(alice.put_object, Bucket="mixed", Key="sealed/x", Body=b"1") == "AccessDenied"
    alice.put_object(Bucket="mixed", Key="sealed/y", Body=b"1", StorageClass="STANDARD")
    assert quiet(alice.get_object, Bucket="mixed", Key="hidden") == "AccessDenied"
    alice.get_object(Bucket="mixed", Key="open")
    assert quiet(alice.get_object, Bucket="mixed", Key="missing") == "NoSuchKey"
    alice.copy_object(Bucket="mixed", Key="copied", CopySource="mixed/open")
    alice.put_object_tagging(Bucket="mixed", Key="copied", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    bob.put_object(Bucket="mixed", Key="bob/1", Body=b"1")
    bob.get_object(Bucket="mixed", Key="bob/1")
    # Allowed, missing, and not to be known: the listing is what is denied.
    assert quiet(bob.get_object, Bucket="mixed", Key="bob/none") == "AccessDenied"
    bob.get_object(Bucket="mixed", Key="open")
    assert quiet(bob.get_object, Bucket="mixed", Key="red/a b+c") == "AccessDenied"
    bob.list_objects_v2(Bucket="mixed", Prefix="bob/", MaxKeys=5)
    assert quiet(bob.list_objects_v2, Bucket="mixed") == "AccessDenied"
    assert quiet(bob.get_object, Bucket="mixed", Key="agent") == "AccessDenied"
    result = bob.delete_objects(Bucket="mixed", Delete={"Objects": [{"Key": "bob/1"}, {"Key": "open"}]})
    assert len(result["Errors"]) == 1
    alice.delete_object(Bucket="mixed", Key="copied")
    alice.delete_objects(Bucket="mixed", Delete={"Objects": [{"Key": "agent"}, {"Key": "none"}]})
    upload = alice.create_multipart_upload(Bucket="mixed", Key="red/parts")
    part = alice.upload_part(
        Bucket="mixed", Key="red/parts", UploadId=upload["UploadId"], PartNumber=1, Body=b"part")
    alice.complete_multipart_upload(
        Bucket="mixed", Key="red/parts", UploadId=upload["UploadId"],
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    sts = client("sts", ALICE)
    session = sts.assume_role(
        RoleArn="arn:aws:iam::000000000000:role/worker", RoleSessionName="night-shift",
        Tags=[{"Key": "team", "Value": "red"}],
        Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow("s3:GetObject", "*")]}))["Credentials"]
    worker = server.client(
        "s3", access_key=session["AccessKeyId"], secret_key=session["SecretAccessKey"],
        token=session["SessionToken"])
    worker.get_object(Bucket="mixed", Key="red/a b+c")
    assert quiet(worker.put_object, Bucket="mixed", Key="red/new", Body=b"1") == "AccessDenied"
    assert quiet(worker.get_object, Bucket="mixed", Key="open") == "AccessDenied"
    nobody = boto3.client(
        "s3", endpoint_url=server.endpoint, verify=server.ca, region_name="us-east-1",
        config=botocore.config.Config(signature_version=botocore.UNSIGNED, s3={"addressing_style": "path"}))
    nobody.get_object(Bucket="mixed", Key="public/p")
    assert quiet(nobody.get_object, Bucket="mixed", Key="open") == "AccessDenied"


def world(gateway):
    return ("--config", gateway.folder / "martlet.yaml", "--data", gateway.data)


def replay(gateway, audit, *arguments, exit_code=0, stdin=None):
    text = command("replay", "--audit", audit, *world(gateway), "-f", "json", *arguments, exit_code=exit_code,
                   stdin=stdin)
    return json.loads(text)


def test_same_policies_change_nothing(recorded):
    gateway, folder, audit = recorded
    report = replay(gateway, audit, "--fail-on-change")
    assert report["changes"] == [] and report["allow_to_deny"] == report["deny_to_allow"] == 0
    assert report["unchanged"] >= 30
    assert report["unreadable"] == {} and report["torn"] == 0
    # What sts actions ask with is not recorded, and tags are there only where somebody read them.
    assert set(report["cannot_decide"]) <= {"the parameters of sts actions"}
    assert replay(gateway, audit, "--policies", folder)["changes"] == []


def test_changed_bundle(recorded, tmp_path):
    gateway, _, audit = recorded
    (tmp_path / "authz.rego").write_text(CHANGED)
    report = replay(gateway, audit, "--policies", tmp_path, "--fail-on-change", exit_code=1)
    changes = sorted((c["change"], c["principal"].split("/")[-1], c["action"], c["resource"]) for c in report["changes"])
    assert changes == [
        ("allow_to_deny", "alice", "s3:DeleteObject", "arn:aws:s3:::mixed/agent"),
        ("allow_to_deny", "alice", "s3:DeleteObject", "arn:aws:s3:::mixed/copied"),
        ("allow_to_deny", "alice", "s3:DeleteObject", "arn:aws:s3:::mixed/none"),
        ("deny_to_allow", "alice", "s3:PutObject", "arn:aws:s3:::mixed/frozen/x"),
    ]
    frozen = next(c for c in report["changes"] if c["resource"].endswith("frozen/x"))
    assert frozen["old"].startswith("data.martlet.authz.deny (") and frozen["old"].endswith("authz.rego:3)")
    deletion = next(c for c in report["groups"] if c["change"] == "allow_to_deny")
    assert deletion["count"] >= 1 and "no deletions by alice" in deletion["new"]
    text = command("replay", "--audit", audit, *world(gateway), "--policies", tmp_path)
    assert "allow -> deny: 3" in text and "deny -> allow: 1" in text and "\x1b" not in text


def test_changed_identities(recorded, tmp_path):
    gateway, _, audit = recorded
    settings = (gateway.folder / "martlet.yaml").read_text()
    changed = tmp_path / "new.yaml"
    changed.write_text(settings.replace("Resource: \"arn:aws:s3:::mixed/bob/*\"", "Resource: \"arn:aws:s3:::mixed/*\""))
    text = command("replay", "--audit", audit, "--config", changed, "--data", gateway.data, "-f", "json")
    changes = {(c["change"], c["principal"].split("/")[-1], c["resource"].split(":::")[1])
               for c in json.loads(text)["changes"]}
    assert changes == {("deny_to_allow", "bob", "mixed/red/a b+c"), ("deny_to_allow", "bob", "mixed/agent"),
                       ("deny_to_allow", "bob", "mixed/open")}


def test_tags_that_nobody_read(recorded, tmp_path):
    """A bundle that asks for more than was recorded gets no guess."""
    gateway, _, audit = recorded
    lines = [json.loads(line) for line in audit.read_text().splitlines()]
    stripped = tmp_path / "audit.jsonl"
    for line in lines:
        line.get("facts", {}).pop("object_tags", None)
    stripped.write_text("".join(json.dumps(line) + "\n" for line in lines))
    report = replay(gateway, stripped)
    assert report["cannot_decide"]["the object's tags"] > 0 and report["changes"] == []
    for line in lines:
        line.pop("facts", None)
    stripped.write_text("".join(json.dumps(line) + "\n" for line in lines))
    report = replay(gateway, stripped)
    assert report["cannot_decide"]["what conditions read"] > 0 and report["changes"] == []


def test_compressed_torn_and_foreign_lines(recorded, tmp_path):
    gateway, _, audit = recorded
    content = audit.read_bytes()
    whole = replay(gateway, audit)
    compressed = tmp_path / "audit.jsonl.1.gz"
    half = content.index(b"\n", len(content) // 2) + 1
    # Two members, as after appending one file to another.
    compressed.write_bytes(gzip.compress(content[:half]) + gzip.compress(content[half:]))
    assert replay(gateway, compressed) == whole
    torn = tmp_path / "torn"
    torn.write_bytes(content + b"not json\n[1]\n" + content[:100])
    report = replay(gateway, torn)
    assert report["torn"] == 1 and sum(report["unreadable"].values()) == 2
    assert report["unchanged"] == whole["unchanged"]
    damaged = bytearray(compressed.read_bytes())
    damaged[40:60] = b"\xff" * 20
    compressed.write_bytes(damaged)
    command("replay", "--audit", compressed, *world(gateway), exit_code=2)


def test_explain_records(recorded):
    gateway, _, audit = recorded
    lines = [json.loads(line) for line in audit.read_text().splitlines()]
    for line in lines:
        if line["decision"] == "none" or line["service"] != "s3":
            continue
        told = json.loads(
            command("explain", "--audit", audit, "--request-id", line["request_id"], *world(gateway), "-f", "json"))
        if line["operation"] != "DeleteObjects":
            assert all(e["allowed"] for e in told) == (line["decision"] == "allowed"), line
    frozen = next(line for line in lines if line.get("key") == "frozen/x")
    told = json.loads(command("explain", "--audit", "-", *world(gateway), "-f", "json", "--fail",
                              stdin=json.dumps(frozen).encode(), exit_code=1))[0]
    rule = next(r for r in told["rego"]["rules"] if r["outcome"] == "true" and r["path"].endswith("deny"))
    assert rule["values"] == ["frozen"] and rule["line"] == 3
    secret = next(r for r in told["rego"]["rules"] if r["line"] == 9)
    assert secret["failed"]["text"] == 'input.object.tags.class == "secret"' and secret["failed"]["line"] == 11


def test_explain_flags(recorded):
    gateway, _, _ = recorded

    def told(*arguments):
        return json.loads(command("explain", *world(gateway), "-f", "json", *arguments))[0]

    listing = ("--user", "bob", "--action", "s3:ListBucket", "--bucket", "mixed")
    assert told(*listing, "--condition", "s3:prefix=bob/x")["allowed"]
    denied = told(*listing)
    assert not denied["allowed"]
    statement = next(s for s in denied["statements"] if s.get("sid") == "HomeList")
    assert statement["origin"] == "inline policy" and statement["mismatch"] == "condition"
    assert statement["conditions"] == [
        {"operator": "StringLike", "key": "s3:prefix", "operands": ["bob/*"], "value": None, "holds": False}]
    assert "request: absent" in statement["reason"]
    get = ("--action", "s3:GetObject", "--bucket", "mixed", "--key")
    assert told("--anonymous", *get, "public/p")["reason"] == "allowed by mixed.Public (resource)"
    assert told("--root", *get, "anything")["reason"] == "allowed as root"
    assert told("--user", "bob", *get, "x", "--object-tag", "class=open")["allowed"]
    assert not told("--user", "bob", *get, "x", "--object-tag", "class=secret")["allowed"]
    session = ("--role", "worker", "--user", "alice", "--session-tag", "team=red")
    assert told(*session, *get, "red/x")["allowed"]
    assert not told(*session, *get, "blue/x")["allowed"]
    assert told("--user", "alice", "--action", "sts:AssumeRole", "--resource",
                "arn:aws:iam::000000000000:role/worker")["allowed"]
    command("explain", *world(gateway), "--user", "bob", *get, "x", "--fail", exit_code=1)
    command("explain", *world(gateway), "--user", "nobody", *get, "x", exit_code=64)

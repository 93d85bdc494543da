"""Rego over requests of several accesses: bulk deletions, copies, forms, sts."""

import base64
import datetime
import hashlib
import hmac
import json
import threading
import time

import pytest
import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from gateway import Gateway, ROOT_ACCESS_KEY, ROOT_SECRET_KEY
from test_rego import alice, audit, code, gateway

TAGGED = """
deny contains "secret" if {
	input.action in {"s3:DeleteObject", "s3:DeleteObjectVersion"}
	input.object.tags.level == "secret"
}
"""


def delete(s3, *keys, bucket="data"):
    """Keys deleted, and keys refused with their codes."""
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [
        {"Key": key} if isinstance(key, str) else {"Key": key[0], "VersionId": key[1]} for key in keys]})
    return ([entry["Key"] for entry in answer.get("Deleted", [])],
            {entry["Key"]: entry["Code"] for entry in answer.get("Errors", [])}, answer)


def test_tags_of_bulk_deleted_keys_are_read(tmp_path):
    with gateway(tmp_path, TAGGED) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        keys = [f"k{number}" for number in range(60)]
        for number, key in enumerate(keys):
            s3.put_object(Bucket="data", Key=key, Body=b"x", Tagging=f"level={'secret' if number % 3 == 0 else 'open'}")
        deleted, errors, _ = delete(s3, *keys, "nowhere")
        secret = {key for number, key in enumerate(keys) if number % 3 == 0}
        assert set(deleted) == set(keys) - secret | {"nowhere"}
        assert errors == {key: "AccessDenied" for key in secret}
        line = audit(server, "DeleteObjects")
        assert line["rule"]["path"] == "data.martlet.authz.deny"
        left = {entry["Key"] for entry in s3.list_objects_v2(Bucket="data")["Contents"]}
        assert left == secret


def test_tags_of_bulk_deleted_keys_are_read_by_iam(tmp_path):
    statement = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*",
         "Condition": {"StringEquals": {"s3:ExistingObjectTag/level": "secret"}}}]}
    settings = {"identities": {"users": {"alice": {
        "access_keys": [{"id": "AKIAEXAMPLEALICE0001", "secret": "alice-secret-key-0123456789-abcdefghij"}],
        "inline_policies": {"own": json.dumps(statement)}}}}}
    with Gateway(json.dumps(settings)) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="open", Body=b"x", Tagging="level=open")
        s3.put_object(Bucket="data", Key="closed", Body=b"x", Tagging="level=secret")
        deleted, errors, _ = delete(s3, "open", "closed", "nowhere")
        assert sorted(deleted) == ["nowhere", "open"] and errors == {"closed": "AccessDenied"}


def test_obligations_of_bulk_deleted_keys_merge(tmp_path):
    module = """
obligations := {"response_headers": {"X-Class": "one"}, "audit_tags": {"a": "1"}} if startswith(input.object.key, "one/")

obligations := {"response_headers": {"x-class": "two"}} if startswith(input.object.key, "two/")

obligations := {"max_bytes": 20} if startswith(input.object.key, "short/")

obligations := {"unheard_of": 1} if startswith(input.object.key, "unknown/")

obligations := {"require_mfa": true} if startswith(input.object.key, "mfa/")
"""
    with gateway(tmp_path, module) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        for key in ("one/a", "one/b", "one/c", "two/a", "free/a", "mfa/a", "unknown/a"):
            if key.split("/")[0] in ("mfa", "unknown"):
                continue
            s3.put_object(Bucket="data", Key=key, Body=b"x")
        deleted, errors, answer = delete(s3, "one/a", "one/b", "free/a", "mfa/a", "unknown/a")
        assert deleted == ["one/a", "one/b", "free/a"]
        assert errors == {"mfa/a": "AccessDenied", "unknown/a": "AccessDenied"}
        # Asked for twice, and there once.
        assert answer["ResponseMetadata"]["HTTPHeaders"]["x-class"] == "one"
        assert audit(server, "DeleteObjects")["tags"] == [{"name": "a", "value": "1"}]
        # What contradicts a key before it is denied.
        deleted, errors, answer = delete(s3, "one/c", "two/a")
        assert deleted == ["one/c"] and errors == {"two/a": "AccessDenied"}
        assert answer["ResponseMetadata"]["HTTPHeaders"]["x-class"] == "one"
        assert delete(s3, "two/a")[0] == ["two/a"]
        # The least of all counts for the one body.
        assert code(s3.delete_objects, Bucket="data", Delete={"Objects": [{"Key": "a"}, {"Key": "short/a"}]}) == (
            "EntityTooLarge")


def test_a_bulk_deletion_leaves_the_loop_to_others(tmp_path):
    """A thousand decisions that take long each: another request of the same loop is answered in between."""
    module = """
deny contains "no" if {
	input.action == "s3:DeleteObject"
	count([x | some x in numbers.range(1, 30000); x > 1]) == 3
}
"""
    with gateway(tmp_path, module, environment={"MARTLET_THREADS": "1"}) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="other", Body=b"x")
        times = {}

        def bulk():
            start = time.monotonic()
            delete(s3, *[f"k{number}" for number in range(1000)])
            times["bulk"] = time.monotonic() - start

        worker = threading.Thread(target=bulk)
        worker.start()
        time.sleep(0.15)
        longest = answered = 0
        while worker.is_alive():
            start = time.monotonic()
            s3.get_object(Bucket="data", Key="other")["Body"].read()
            longest = max(longest, time.monotonic() - start)
            answered += worker.is_alive()
        worker.join()
        assert times["bulk"] > 0.5 and answered >= 5, times
        assert longest < times["bulk"] / 2, (longest, times)


def test_copies_merge_obligations_of_source_and_target(tmp_path):
    module = """
obligations := {"response_headers": {"X-Source": "s"}, "audit_tags": {"from": "1"}} if {
	input.action == "s3:GetObject"
	input.bucket == "data"
}

obligations := {"response_headers": {"X-Target": "t"}, "audit_tags": {"to": "2"}} if {
	input.action == "s3:PutObject"
	startswith(input.object.key, "to/")
}

obligations := {"response_headers": {"X-Source": "other"}} if {
	input.action == "s3:PutObject"
	startswith(input.object.key, "against/")
}
"""
    with gateway(tmp_path, module) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="a", Body=b"x")
        source = {"Bucket": "data", "Key": "a"}
        headers = s3.copy_object(Bucket="data", Key="to/a", CopySource=source)["ResponseMetadata"]["HTTPHeaders"]
        assert (headers["x-source"], headers["x-target"]) == ("s", "t")
        assert audit(server, "CopyObject")["tags"] == [{"name": "to", "value": "2"}, {"name": "from", "value": "1"}]
        assert code(s3.copy_object, Bucket="data", Key="against/a", CopySource=source) == "AccessDenied"
        # Parts too.
        for key, expected in [("to/b", "allowed"), ("against/b", "AccessDenied")]:
            upload = s3.create_multipart_upload(Bucket="data", Key=key)["UploadId"]
            assert code(s3.upload_part_copy, Bucket="data", Key=key, UploadId=upload, PartNumber=1,
                        CopySource=source) == expected


def test_a_copy_onto_itself_is_about_the_present_tags_of_what_it_replaces(tmp_path):
    """Naming an old version as the source does not hide the tags that the object has now."""
    module = """
deny contains "kept" if {
	input.action == "s3:PutObject"
	input.operation == "CopyObject"
	input.object.tags.level == "secret"
}
"""
    with gateway(tmp_path, module) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="a", Body=b"1", Tagging="level=secret")
        s3.put_object(Bucket="data", Key="b", Body=b"1", Tagging="level=open")
        source = {"Bucket": "data", "Key": "a"}
        assert code(s3.copy_object, Bucket="data", Key="a", CopySource=source, MetadataDirective="REPLACE") == (
            "AccessDenied")
        assert code(s3.copy_object, Bucket="data", Key="b", CopySource=source) == "allowed"


def test_headers_of_policy_replace_those_of_the_store(tmp_path):
    module = 'obligations := {"response_headers": {"Cache-Control": "no-store"}} if input.action == "s3:GetObject"\n'
    with gateway(tmp_path, module) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="a", Body=b"x", CacheControl="max-age=3600")
        assert s3.get_object(Bucket="data", Key="a")["CacheControl"] == "no-store"


def test_the_length_that_counts_is_the_body_s(tmp_path):
    """A decoded length that is claimed beside a body of another framing hides nothing."""
    module = """
deny contains "long" if {
	input.action == "s3:PutObject"
	input.request.content_length > 10
}
"""
    with gateway(tmp_path, module) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")

        def put(bytes_count, **headers):
            request = AWSRequest("PUT", f"{server.endpoint}/data/a", headers, b"x" * bytes_count)
            S3SigV4Auth(Credentials(ROOT_ACCESS_KEY, ROOT_SECRET_KEY), "s3", "us-east-1").add_auth(request)
            return requests.put(request.url, data=request.body, headers=dict(request.headers), verify=server.ca,
                                timeout=20).status_code

        claim = {"x-amz-decoded-content-length": "5"}
        assert put(10) == 200 and put(11) == 403
        assert put(10, **claim) in (200, 400) and put(11, **claim) in (400, 403)


def form(server, key, body, **fields):
    """Posts a form as a browser does; the answer's status and code."""
    now = datetime.datetime.now(datetime.timezone.utc)
    day = now.strftime("%Y%m%d")
    credential = f"{ROOT_ACCESS_KEY}/{day}/us-east-1/s3/aws4_request"
    fields = {"key": key, "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-credential": credential,
              "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ"), **fields}
    policy = {"expiration": (now + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
              "conditions": [{"bucket": "data"}, *({name: value} for name, value in fields.items())]}
    encoded = base64.b64encode(json.dumps(policy).encode()).decode()
    signing = ("AWS4" + ROOT_SECRET_KEY).encode()
    for part in (day, "us-east-1", "s3", "aws4_request", encoded):
        signing = hmac.new(signing, part.encode(), hashlib.sha256).digest()
    fields |= {"policy": encoded, "x-amz-signature": signing.hex()}
    answer = requests.post(f"{server.endpoint}/data", data=fields, files={"file": ("a", body)}, verify=server.ca,
                           timeout=20)
    return answer.status_code


def test_forms_are_decided_as_the_write_they_are(tmp_path):
    module = """
deny contains "frozen" if {
	input.action == "s3:PutObject"
	input.object.key == "frozen"
}

deny contains "long" if input.request.content_length > 10

deny contains "secret" if input.s3.tags.level == "secret"

obligations := {"max_bytes": 5} if input.object.key == "short"
"""
    with gateway(tmp_path, module) as server:
        server.client("s3").create_bucket(Bucket="data")

        def tagging(value):
            return f"<Tagging><TagSet><Tag><Key>level</Key><Value>{value}</Value></Tag></TagSet></Tagging>"

        assert form(server, "free", b"x" * 10) == 204
        assert form(server, "free", b"x" * 11) == 403
        assert form(server, "frozen", b"x") == 403
        assert form(server, "short", b"x" * 5) == 204
        assert form(server, "short", b"x" * 6) == 400
        assert form(server, "free", b"x", tagging=tagging("open")) == 204
        assert form(server, "free", b"x", tagging=tagging("secret")) == 403


@pytest.mark.parametrize("mode", ["restrict", "decide"])
def test_every_action_of_sts_is_decided(tmp_path, mode):
    module = """
default allow := false

allow if not input.operation in {"GetAccessKeyInfo"}

deny contains "no identity" if {
	input.action == "sts:GetCallerIdentity"
	input.principal.name == "alice"
}

deny contains "too long" if {
	input.action == "sts:GetSessionToken"
	input.resource == "*"
	input.sts.duration_seconds > 3600
}

deny contains "tag" if {
	input.action == "sts:TagSession"
	input.sts.tags.team == "red"
}

deny contains "guest" if endswith(input.resource, ":federated-user/guest")
"""
    with gateway(tmp_path, module, mode=mode) as server:
        root, user = server.client("sts"), server.client(
            "sts", access_key="AKIAEXAMPLEALICE0001", secret_key="alice-secret-key-0123456789-abcdefghij")
        assert code(root.get_caller_identity) == "allowed"
        assert code(user.get_caller_identity) == "AccessDenied"
        line = audit(server, "GetCallerIdentity")
        assert line["decision"] == "denied" and line["rule"]["line"] == 8
        assert code(user.get_session_token, DurationSeconds=3600) == "allowed"
        assert code(user.get_session_token, DurationSeconds=3601) == "AccessDenied"
        assert code(root.get_federation_token, Name="guest") == "AccessDenied"
        assert code(root.get_federation_token, Name="known") == "allowed"
        assert code(root.get_federation_token, Name="known", Tags=[{"Key": "team", "Value": "red"}]) == "AccessDenied"
        assert audit(server, "GetFederationToken")["actions"] == ["sts:TagSession"]
        assert code(root.get_federation_token, Name="known", Tags=[{"Key": "team", "Value": "blue"}]) == "allowed"
        assert code(root.get_access_key_info, AccessKeyId="AKIAEXAMPLEALICE0001") == (
            "AccessDenied" if mode == "decide" else "allowed")


def test_obligations_hold_for_sts(tmp_path):
    module = """
obligations := {"require_mfa": true} if input.action == "sts:GetSessionToken"

obligations := {"response_headers": {"X-Reviewed": "yes"}, "audit_tags": {"case": "7"}} if {
	input.action == "sts:GetCallerIdentity"
}

obligations := {"audit_tags": {"a": "1"}} if input.action == "sts:GetFederationToken"

obligations := {"audit_tags": {"b": "2"}} if {
	input.action == "sts:TagSession"
	input.sts.tags.team == "blue"
}

obligations := {"audit_tags": {"a": "2"}} if {
	input.action == "sts:TagSession"
	input.sts.tags.team == "red"
}
"""
    with gateway(tmp_path, module) as server:
        root = server.client("sts")
        assert code(root.get_session_token) == "AccessDenied"
        assert root.get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]["x-reviewed"] == "yes"
        assert audit(server, "GetCallerIdentity")["tags"] == [{"name": "case", "value": "7"}]
        assert code(root.get_federation_token, Name="known", Tags=[{"Key": "team", "Value": "blue"}]) == "allowed"
        assert [tag["name"] for tag in audit(server, "GetFederationToken")["tags"]] == ["a", "b"]
        # What cannot be had together is denied.
        assert code(root.get_federation_token, Name="known", Tags=[{"Key": "team", "Value": "red"}]) == "AccessDenied"

"""Operators' commands: `martlet service-account`."""

import json
import os
import subprocess

import botocore.exceptions
import pytest

from gateway import BINARY, ROOT_ACCESS_KEY, ROOT_SECRET_KEY, Gateway

READ = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}


@pytest.fixture(scope="module")
def gateway():
    with Gateway() as running:
        yield running


def run(folder, *arguments, **variables):
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}
    return subprocess.run([str(BINARY), "service-account", *arguments], env=environment, capture_output=True, text=True,
                          timeout=60)


def lists(gateway, account):
    try:
        gateway.client(access_key=account["AccessKeyId"], secret_key=account["SecretAccessKey"]).list_buckets()
        return "ok"
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


def test_a_service_account_from_making_to_deleting(gateway, tmp_path):
    iam = gateway.client("iam")
    iam.create_user(UserName="alice")
    iam.put_user_policy(UserName="alice", PolicyName="all", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/credentials").write_text(
        f"[work]\naws_access_key_id = {key['AccessKeyId']}\naws_secret_access_key = {key['SecretAccessKey']}\n")
    (tmp_path / ".aws/config").write_text(
        f"[profile work]\nendpoint_url = {gateway.endpoint}\nca_bundle = {gateway.ca}\nregion = us-east-1\n")
    (tmp_path / "policy.json").write_text(json.dumps(READ))

    def work(*arguments):
        done = run(tmp_path, *arguments, "--profile", "work")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None

    made = work("create", "--name", "backup & co", "--policy-file", str(tmp_path / "policy.json"))["ServiceAccount"]
    assert lists(gateway, made) == "ok"
    client = gateway.client(access_key=made["AccessKeyId"], secret_key=made["SecretAccessKey"])
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        client.create_bucket(Bucket="beyond-its-policy")

    account = work("get", made["AccessKeyId"])["ServiceAccount"]
    assert account["Name"] == "backup & co" and account["ParentUser"] == "alice"
    assert "SecretAccessKey" not in account
    assert [one["AccessKeyId"] for one in work("list")["ServiceAccounts"]] == [made["AccessKeyId"]]

    work("update", made["AccessKeyId"], "--status", "Inactive")
    assert lists(gateway, made) != "ok"
    work("update", made["AccessKeyId"], "--status", "Active")
    assert lists(gateway, made) == "ok"
    work("delete", made["AccessKeyId"])
    assert lists(gateway, made) == "InvalidAccessKeyId"
    assert work("list")["ServiceAccounts"] == []


def test_refusals_say_why_and_no_secret(gateway, tmp_path):
    root = {"AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_KEY}
    asked = ["list", "--endpoint-url", gateway.endpoint, "--ca-file", gateway.ca]
    assert run(tmp_path, *asked, **root).returncode == 0
    for arguments, variables, expected in [
        (asked, root | {"AWS_SECRET_ACCESS_KEY": "wrong-secret-of-mine"}, "SignatureDoesNotMatch"),
        (asked, {}, "no credentials"),
        (asked[:1] + asked[3:], root, "name the gateway"),
        # A certificate that nobody vouches for.
        (asked[:3], root, "cannot connect"),
        ([*asked, "--user-name", "nobody"], root, "NoSuchEntity"),
        (["get", "AKIAEXAMPLENOSUCHKEY", *asked[1:]], root, "NoSuchEntity"),
    ]:
        done = run(tmp_path, *arguments, **variables)
        assert done.returncode == 1 and expected in done.stderr, (arguments, done.stderr)
        assert done.stdout == ""
        assert ROOT_SECRET_KEY not in done.stderr and "wrong-secret" not in done.stderr

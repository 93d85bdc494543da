"""`martlet login`: what it prints, keeps and writes, by tokens and tickets of real providers."""

import json
import os
import stat
import subprocess
import time

import pytest

from gateway import BINARY, Gateway
from identities import ACCOUNT, allow, policy, render, role_arn, trust
from issuer import Issuer
from kerberos import Kerberos


@pytest.fixture(scope="module")
def issuer():
    with Issuer() as running:
        yield running


@pytest.fixture(scope="module")
def krb():
    with Kerberos() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(issuer, krb):
    see = policy(allow(["s3:ListAllMyBuckets", "s3:ListBucket"], "*"))
    roles = {
        "reader": {"inline_policies": {"see": see}, "trust_policy": trust(
            {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.host}"},
            {"StringEquals": {f"{issuer.host}:sub": "alice"}}, "sts:AssumeRoleWithWebIdentity")},
        "ticket": {"inline_policies": {"see": see}, "trust_policy": trust(
            {"Federated": f"arn:aws:iam::{ACCOUNT}:kerberos-provider/realm"},
            {"StringEquals": {"krb5:principal": "alice@EXAMPLE.TEST"}}, "sts:AssumeRoleWithKerberos")},
    }
    config = render(
        identities={"roles": roles},
        openid={"main": {"issuer": issuer.url, "audiences": ["gateway"], "ca_file": issuer.ca}},
        kerberos={"realm": {"keytab_file": krb.keytab, "realms": ["EXAMPLE.TEST"], "roles": ["ticket"],
                           "principals": ["HTTP/localhost@EXAMPLE.TEST"]}})
    with Gateway(config) as running:
        running.client().create_bucket(Bucket="data")
        yield running


class Person:
    """A home of its own, and a token in it."""

    def __init__(self, folder, gateway, issuer):
        self.home, self.gateway, self.issuer = folder, gateway, issuer
        self.environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "AWS_PAGER": ""}
        self.token_file = folder / "token"

    def with_token(self, subject="alice", **claims):
        claims = {"sub": subject, "aud": "gateway", **claims}
        self.token_file.write_text(self.issuer.token(claims=claims))

    def login(self, *arguments, method="--oidc", role="reader", check=True, **more):
        arguments = [method, "--endpoint-url", f"https://localhost:{self.gateway.port}", "--ca-file",
                     str(self.gateway.ca), "--role", role_arn(role), *arguments]
        if method == "--oidc":
            arguments += ["--token-file", str(self.token_file)]
        done = subprocess.run([str(BINARY), "login", *arguments], env={**self.environment, **more, "HOME": str(self.home)},
                              capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        assert not check or done.returncode == 0, done.stderr
        return done

    def cached(self):
        return list((self.home / ".cache/martlet/login").glob("*"))


@pytest.fixture
def person(tmp_path, gateway, issuer):
    person = Person(tmp_path, gateway, issuer)
    person.with_token()
    return person


def test_prints_a_credential_process_document_and_keeps_it(person, gateway):
    document = json.loads(person.login().stdout)
    assert document["Version"] == 1 and set(document) == {
        "Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    s3 = gateway.client(access_key=document["AccessKeyId"], secret_key=document["SecretAccessKey"],
                        token=document["SessionToken"])
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["data"]
    [kept] = person.cached()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 and stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    # The next one comes out of the cache, even though the token would no longer do; a new login asks.
    person.token_file.write_text("x.y.z")
    assert json.loads(person.login().stdout) == document
    refused = person.login("--fresh", check=False)
    assert refused.returncode == 1 and "InvalidIdentityToken" in refused.stderr and not refused.stdout
    # Another role is another login.
    assert person.login(role="ticket", check=False).returncode == 1


def test_is_asked_again_shortly_before_the_end(person):
    first = json.loads(person.login().stdout)
    [kept] = person.cached()
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 200))
    kept.write_text(json.dumps({**first, "Expiration": soon}))
    assert json.loads(person.login().stdout)["AccessKeyId"] != first["AccessKeyId"]


def test_does_not_read_a_cache_that_others_can(person):
    person.login()
    [kept] = person.cached()
    kept.chmod(0o644)
    refused = person.login(check=False)
    assert refused.returncode == 1 and "chmod 600" in refused.stderr and not refused.stdout


def test_environment_lines_are_a_shell_s(person):
    lines = person.login("--output", "environment").stdout
    shell = subprocess.run(
        ["bash", "-euc", lines + '\n"$0" s3api list-buckets --query "Buckets[].Name" --output text', "aws"],
        env={**person.environment, "AWS_CA_BUNDLE": str(person.gateway.ca), "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True, text=True, timeout=60)
    assert shell.returncode == 0 and shell.stdout.split() == ["data"], shell.stderr


def test_configured_profile_just_works(person):
    (person.home / ".aws").mkdir()
    config = person.home / ".aws/config"
    config.write_text("[default]\nregion = eu-west-1\n")
    person.login("--configure", "work")
    assert config.read_text().startswith("[default]\nregion = eu-west-1\n\n[profile work]\n")
    listing = subprocess.run(["aws", "s3", "ls", "--profile", "work"], env=person.environment, capture_output=True,
                             text=True, timeout=60)
    assert listing.returncode == 0 and listing.stdout.split()[-1] == "data", listing.stderr
    # Written twice is written once.
    before = config.read_text()
    person.login("--configure", "work")
    assert config.read_text() == before


def test_duration_and_policy_count(person, tmp_path, gateway):
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}))
    document = json.loads(person.login("--duration", "900", "--policy", str(policy)).stdout)
    end = time.mktime(time.strptime(document["Expiration"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert 800 < end - time.time() <= 900
    s3 = gateway.client(access_key=document["AccessKeyId"], secret_key=document["SecretAccessKey"],
                        token=document["SessionToken"])
    s3.list_buckets()
    with pytest.raises(s3.exceptions.ClientError) as caught:
        s3.list_objects_v2(Bucket="data")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"


def test_who_is_not_trusted_gets_nothing(person):
    person.with_token("mallory")
    refused = person.login(check=False)
    assert refused.returncode == 1 and "AccessDenied" in refused.stderr and not refused.stdout and not person.cached()
    token = person.token_file.read_text()
    assert token not in refused.stderr and token not in "".join(str(line) for line in person.gateway.audit_lines())


def test_by_ticket(person, krb, gateway):
    tickets = krb.environment(krb.kinit("alice"))
    document = json.loads(person.login(method="--kerberos", role="ticket", **tickets).stdout)
    s3 = gateway.client(access_key=document["AccessKeyId"], secret_key=document["SecretAccessKey"],
                        token=document["SessionToken"])
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["data"]
    other = person.login(method="--kerberos", role="ticket", check=False, **krb.environment(krb.kinit("bob")))
    assert other.returncode == 1 and "AccessDenied" in other.stderr
    empty = {**tickets, "KRB5CCNAME": f"FILE:{person.home}/none"}
    without = person.login(method="--kerberos", role="ticket", check=False, **empty)
    assert without.returncode == 1 and not without.stdout


@pytest.mark.parametrize("arguments, says", [
    (["--oidc", "--endpoint-url", "https://localhost:1"], "--token-file"),
    (["--ldap", "--endpoint-url", "http://gateway.example.com"], "https"),
    (["--ldap", "--kerberos", "--endpoint-url", "https://localhost:1"], "ldap"),
    (["--certificate", "--endpoint-url", "https://localhost:1"], "--key-file"),
    (["--ldap", "--endpoint-url", "https://localhost:1", "--duration", "1"], "--duration"),
    (["--endpoint-url", "https://localhost:1"], "--ldap"),
])
def test_refuses_what_cannot_work(arguments, says):
    done = subprocess.run([str(BINARY), "login", *arguments], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL)
    assert done.returncode != 0 and says in done.stderr

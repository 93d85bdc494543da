"""`martlet whoami` and `martlet logout`: with the profile that `martlet login --configure` wrote, and with keys."""

import json
import os
import subprocess

import pytest

from gateway import BINARY, ROOT_ACCESS_KEY, ROOT_SECRET_KEY, Gateway
from identities import ACCOUNT, allow, policy, render, role_arn, trust
from issuer import Issuer
from own_actions import Refused, ask, credentials


@pytest.fixture(scope="module")
def issuer():
    with Issuer() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(issuer):
    # A role that may list buckets and nothing of iam: whoever is logged in may log out.
    config = render(
        identities={"roles": {"reader": {
            "inline_policies": {"see": policy(allow("s3:ListAllMyBuckets", "*"))},
            "trust_policy": trust({"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.host}"},
                                  {"StringEquals": {f"{issuer.host}:sub": "alice"}},
                                  "sts:AssumeRoleWithWebIdentity")}}},
        openid={"main": {"issuer": issuer.url, "audiences": ["gateway"], "ca_file": issuer.ca}})
    with Gateway(config) as running:
        yield running


@pytest.fixture
def run(tmp_path, gateway, issuer):
    token = tmp_path / "token"
    token.write_text(issuer.token(claims={"sub": "alice", "aud": "gateway"}))

    def run(*arguments, **variables):
        return subprocess.run([str(BINARY), *arguments], capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL,
                              env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **variables})

    done = run("login", "--oidc", "--endpoint-url", f"https://localhost:{gateway.port}", "--ca-file", str(gateway.ca),
               "--role", role_arn("reader"), "--session-name", "alice", "--token-file", str(token), "--configure", "work")
    assert done.returncode == 0, done.stderr
    run.home = tmp_path
    return run


def cached(run):
    return [json.loads(file.read_text()) for file in (run.home / ".cache/martlet/login").glob("*.json")]


def lists(gateway, keys):
    s3 = gateway.client(access_key=keys["AccessKeyId"], secret_key=keys["SecretAccessKey"], token=keys["SessionToken"])
    try:
        s3.list_buckets()
        return "ok"
    except s3.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


def test_a_profile_says_who_it_is_and_logs_out(run, gateway):
    # Nobody yet: nothing to end, and no login to end it.
    nobody = run("logout", "--profile", "work")
    assert nobody.returncode == 0 and "nobody is logged in" in nobody.stderr and not cached(run)

    who = run("whoami", "--profile", "work")
    assert who.returncode == 0, who.stderr
    assert json.loads(who.stdout)["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/alice"
    [keys] = cached(run)
    assert lists(gateway, keys) == "ok"

    done = run("logout", "--profile", "work")
    assert done.returncode == 0 and keys["AccessKeyId"] in done.stderr, done.stderr
    assert not cached(run)
    assert lists(gateway, keys) != "ok"
    # The profile logs in anew.
    assert run("whoami", "--profile", "work").returncode == 0
    [fresh] = cached(run)
    assert fresh["AccessKeyId"] != keys["AccessKeyId"] and lists(gateway, fresh) == "ok"


def test_ends_only_its_own_session(run, gateway):
    assert run("whoami", "--profile", "work").returncode == 0
    [keys] = cached(run)
    session = {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
               "AWS_SESSION_TOKEN": keys["SessionToken"]}
    other = gateway.client("sts").get_session_token()["Credentials"]
    with pytest.raises(Refused, match="AccessDenied"):
        ask(gateway, "RevokeSessions", SessionAccessKeyId=other["AccessKeyId"], **credentials(keys))
    assert lists(gateway, other) == "ok"
    where = ["--endpoint-url", gateway.endpoint, "--ca-file", str(gateway.ca)]
    assert run("logout", *where, **session).returncode == 0
    assert lists(gateway, keys) != "ok" and lists(gateway, other) == "ok" and not cached(run)
    # Twice is once.
    assert run("logout", *where, **session).returncode == 0


def test_sessions_that_may_call_nothing_of_iam_log_out(run, gateway):
    where = ["--endpoint-url", gateway.endpoint, "--ca-file", str(gateway.ca)]
    for keys in [gateway.client("sts").get_session_token()["Credentials"],
                 gateway.client("sts").get_federation_token(Name="guest", Policy=json.dumps(
                     policy(allow("s3:ListAllMyBuckets", "*"))))["Credentials"]]:
        session = {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
                   "AWS_SESSION_TOKEN": keys["SessionToken"]}
        assert lists(gateway, keys) == "ok"
        done = run("logout", *where, **session)
        assert done.returncode == 0, done.stderr
        assert lists(gateway, keys) != "ok"


def test_long_lived_keys_stay(run, gateway):
    done = run("logout", "--endpoint-url", gateway.endpoint, "--ca-file", str(gateway.ca),
               AWS_ACCESS_KEY_ID=ROOT_ACCESS_KEY, AWS_SECRET_ACCESS_KEY=ROOT_SECRET_KEY)
    assert done.returncode == 1 and "long-lived" in done.stderr and ROOT_SECRET_KEY not in done.stderr
    gateway.client().list_buckets()

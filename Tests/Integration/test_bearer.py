"""Tokens of an OpenID Connect provider on S3 requests themselves, opaque tokens, and what the provider adds to tokens."""

import base64
import hashlib
import http.client
import json
import ssl
import threading
import time
import urllib.parse
import uuid

import boto3
import botocore
import botocore.config
import pytest

from gateway import Gateway
from identities import ACCOUNT, allow, policy, render, role_arn, trust, user
from issuer import Issuer
from refusals import denied, refused

ACTION = "sts:AssumeRoleWithWebIdentity"
SECRET = "s3cret/with:odd&bytes"


def config(issuer, providers=True, introspection=None, roles=None, **changes):
    federated = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.host}"}
    reader = {"ForAnyValue:StringEquals": {"jwt:groups": "readers"}}
    home = policy(allow("s3:*", "arn:aws:s3:::data/home/${jwt:preferred_username}/*"))
    declared = {
        "writer": {"policies": ["readwrite"],
                   "trust_policy": trust(federated, {"ForAnyValue:StringEquals": {"jwt:groups": "writers"}}, ACTION)},
        "reader": {"policies": ["readonly"], "trust_policy": trust(federated, reader, ACTION)},
        "home": {"inline_policies": {"home": home}, "trust_policy": trust(federated, None, ACTION)},
        **(roles or {})}
    openid = {"main": {"issuer": issuer.url, "audiences": ["gateway"], "ca_file": issuer.ca, "timeout": "2s",
                       "bearer": True, "bearer_roles": ["writer", "reader"], **changes}}
    if introspection is not None:
        openid["main"]["introspection"] = {
            "client_id": "gate way", "client_secret_file": str(issuer.folder / "secret"), **introspection}
    return render(identities={"roles": declared, "users": user("ann")}, openid=openid if providers else {})


@pytest.fixture(scope="module")
def issuer():
    with Issuer() as running:
        secret = running.folder / "secret"
        secret.write_text(SECRET + "\n")
        secret.chmod(0o600)
        yield running


def started(issuer, **settings):
    gateway = Gateway(config(issuer, **settings)).start()
    try:
        s3 = gateway.client()
        s3.create_bucket(Bucket="data")
        for key in ("k", "home/ann/k", "home/bob/k"):
            s3.put_object(Bucket="data", Key=key, Body=b"data")
    except BaseException:
        gateway.close()
        raise
    return gateway


@pytest.fixture(scope="module")
def gateway(issuer):
    with_bearer = started(issuer)
    yield with_bearer
    with_bearer.close()


@pytest.fixture(autouse=True)
def behave(issuer):
    issuer.ask("/behave")
    issuer.ask("/say")


def bearer(gateway, token, **config):
    """boto3 without keys, with the token in place of a signature."""
    client = boto3.session.Session().client(
        "s3", endpoint_url=gateway.endpoint, verify=gateway.ca, region_name="us-east-1",
        config=botocore.config.Config(signature_version=botocore.UNSIGNED, retries={"max_attempts": 1}, **config))
    client.meta.events.register(
        "request-created.s3", lambda request, **_: request.headers.add_header("Authorization", f"Bearer {token}"))
    return client


def request(gateway, method, target, headers, body=None):
    context = ssl.create_default_context(cafile=gateway.ca)
    host = urllib.parse.urlsplit(gateway.endpoint).hostname
    connection = http.client.HTTPSConnection(host, gateway.port, context=context, timeout=20)
    try:
        connection.request(method, target, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def sts(gateway):
    return boto3.session.Session().client(
        "sts", endpoint_url=gateway.endpoint, verify=gateway.ca, region_name="us-east-1",
        config=botocore.config.Config(signature_version=botocore.UNSIGNED, retries={"max_attempts": 1}))


def assume(gateway, token, role="reader"):
    return sts(gateway).assume_role_with_web_identity(
        RoleArn=role_arn(role), RoleSessionName="session", WebIdentityToken=token)


def test_a_token_in_place_of_a_signature(gateway, issuer):
    s3 = bearer(gateway, issuer.token(claims={"groups": ["writers"]}))
    for _ in range(3):
        assert s3.get_object(Bucket="data", Key="k")["Body"].read() == b"data"
    s3.put_object(Bucket="data", Key="new", Body=b"x" * 3_000_000)
    assert s3.head_object(Bucket="data", Key="new")["ContentLength"] == 3_000_000
    assert "new" in [item["Key"] for item in s3.list_objects_v2(Bucket="data")["Contents"]]
    # The role that trusts them is another, and what it may is less.
    only = bearer(gateway, issuer.token())
    only.get_object(Bucket="data", Key="k")
    with denied():
        only.put_object(Bucket="data", Key="new", Body=b"no")
    with denied():
        bearer(gateway, issuer.token(claims={"groups": ["others"]})).get_object(Bucket="data", Key="k")


def test_who_it_was_is_written(gateway, issuer):
    answer = bearer(gateway, issuer.token(claims={"sub": "a|b@example.com"})).get_object(Bucket="data", Key="k")
    line, = gateway.audit_lines(answer["ResponseMetadata"]["RequestId"])
    text = json.dumps(line)
    assert f"assumed-role/reader/a-b@example.com-" in text
    with refused("InvalidToken") as error:
        bearer(gateway, issuer.token(key="rogue")).get_object(Bucket="data", Key="k")
    line, = gateway.audit_lines(error.value.response["ResponseMetadata"]["RequestId"])
    assert "assumed-role" not in json.dumps(line) and line["status"] == 400


HOSTILE = {
    "alg none": {"alg": "none"}, "unknown key": {"key": "rogue"}, "embedded key": {"key": "embedded"},
    "public key as secret": {"alg": "HS256", "key": "public-pem"}, "changed": {"tamper": "payload"},
    "four parts": {"tamper": "extra-dot"}, "other issuer": {"claims": {"iss": "https://other.example.com"}},
    "no subject": {"drop": ["sub"]}, "not yet": {"claims": {"nbf": "+600"}}, "opaque": {"opaque": True},
}


@pytest.mark.parametrize("what", HOSTILE.values(), ids=HOSTILE)
def test_hostile_tokens(gateway, issuer, what):
    for _ in range(2):
        with refused("InvalidToken", status=400):
            bearer(gateway, issuer.token(**what)).get_object(Bucket="data", Key="k")
    bearer(gateway, issuer.token()).get_object(Bucket="data", Key="k")


def test_time_and_audience(gateway, issuer):
    for expiry in ("-120", "-5"):
        # What a session could still be made of within the skew is over here.
        with refused("ExpiredToken", status=400):
            bearer(gateway, issuer.token(claims={"exp": expiry})).get_object(Bucket="data", Key="k")
    s3 = bearer(gateway, issuer.token(claims={"exp": "+3"}))
    s3.get_object(Bucket="data", Key="k")
    end = time.monotonic() + 6
    while time.monotonic() < end:
        try:
            s3.get_object(Bucket="data", Key="k")
            time.sleep(0.2)
        except botocore.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "ExpiredToken"
            break
    else:
        raise AssertionError("a cached token outlives its exp")
    with denied():
        bearer(gateway, issuer.token(claims={"aud": "other"})).get_object(Bucket="data", Key="k")


def test_session_tokens_and_second_proofs_are_refused(gateway, issuer):
    token = issuer.token()
    credentials = assume(gateway, token)["Credentials"]
    # A session token is no bearer token.
    for text in (credentials["SessionToken"], credentials["AccessKeyId"], "x" * 9000, "a b", ""):
        status, body = request(gateway, "GET", "/data/k", {"Authorization": f"Bearer {text}"})
        assert status == 400 and b"data" != body, body
    good = {"Authorization": f"Bearer {token}"}
    assert request(gateway, "GET", "/data/k", good) == (200, b"data")
    for headers in ({"X-Amz-Security-Token": credentials["SessionToken"]}, {"X-Amz-Date": "20260101T000000Z"}):
        assert request(gateway, "GET", "/data/k", {**good, **headers})[0] == 400
    signing = gateway.client(signature_version="s3v4")
    url = signing.generate_presigned_url("get_object", Params={"Bucket": "data", "Key": "k"})
    query = url.split("?")[1]
    assert request(gateway, "GET", f"/data/k?{query}", {})[0] == 200
    assert request(gateway, "GET", f"/data/k?{query}", good)[0] == 400
    assert request(gateway, "GET", "/data/k?X-Amz-Security-Token=x", good)[0] == 400
    form = urllib.parse.urlencode({"Action": "GetCallerIdentity", "Version": "2011-06-15"})
    status, _ = request(gateway, "POST", "/", {**good, "Content-Type": "application/x-www-form-urlencoded"}, form)
    assert status == 400


def test_bodies_are_held_to_what_is_sent(gateway, issuer):
    token = issuer.token(claims={"groups": ["writers"]})
    headers = {"Authorization": f"Bearer {token}"}
    right = base64.b64encode(hashlib.md5(b"body").digest()).decode()
    assert request(gateway, "PUT", "/data/md5", {**headers, "Content-MD5": right}, b"body")[0] == 200
    assert request(gateway, "PUT", "/data/md5", {**headers, "Content-MD5": right}, b"Body")[0] == 400
    bad = {**headers, "x-amz-content-sha256": "0" * 64}
    assert request(gateway, "PUT", "/data/md5", bad, b"body")[0] == 400
    assert gateway.client().get_object(Bucket="data", Key="md5")["Body"].read() == b"body"
    # The first request with a token waits for its verification with its body; nothing of that is lost.
    issuer.ask("/behave", path="/jwks", delay=1)
    big = bytes(range(256)) * 40_000
    fresh = issuer.token(claims={"groups": ["writers"]})
    assert request(gateway, "PUT", "/data/big", {"Authorization": f"Bearer {fresh}"}, big)[0] == 200
    assert gateway.client().get_object(Bucket="data", Key="big")["Body"].read() == big


def test_settings_keys_and_roles_count_for_cached_tokens(issuer):
    gateway = started(issuer)
    try:
        s3 = bearer(gateway, issuer.token())
        s3.get_object(Bucket="data", Key="k")
        gateway.reload(config(issuer, bearer_roles=["home"]))
        with denied():
            s3.get_object(Bucket="data", Key="k")
        gateway.reload(config(issuer, roles={"reader": {"policies": ["readonly"], "trust_policy": trust(
            {"AWS": f"arn:aws:iam::{ACCOUNT}:root"})}}))
        with denied():
            s3.get_object(Bucket="data", Key="k")
        gateway.reload(config(issuer))
        s3.get_object(Bucket="data", Key="k")
        for off in ({"providers": False}, {"bearer": False}):
            gateway.reload(config(issuer, **off))
            with refused("InvalidArgument", status=400):
                s3.get_object(Bucket="data", Key="k")
        gateway.reload(config(issuer, refresh_interval="10s"))
        s3.get_object(Bucket="data", Key="k")
        # The key that signed is taken back: within a refresh the token is nobody's, cached or not.
        issuer.ask("/rotate", keep=0)
        end = time.monotonic() + 15
        while time.monotonic() < end:
            try:
                s3.get_object(Bucket="data", Key="k")
                time.sleep(0.3)
            except botocore.exceptions.ClientError as error:
                assert error.response["Error"]["Code"] == "InvalidToken"
                break
        else:
            raise AssertionError("a token outlives its key")
        bearer(gateway, issuer.token()).get_object(Bucket="data", Key="k")
    finally:
        gateway.close()


def test_opaque_tokens(issuer):
    gateway = started(issuer, introspection={})
    try:
        token = issuer.token(opaque=True)
        s3 = bearer(gateway, token)
        before = issuer.calls("/introspect")
        assert s3.get_object(Bucket="data", Key="k")["Body"].read() == b"data"
        with denied():
            s3.put_object(Bucket="data", Key="k", Body=b"no")
        assert assume(gateway, token)["SubjectFromWebIdentityToken"] == "alice"
        assert issuer.calls("/introspect") - before == 1
        seen = issuer.ask("/seen")
        assert seen["form"]["token"] == token
        client, _, secret = base64.b64decode(seen["authorization"].removeprefix("Basic ")).decode().partition(":")
        assert (urllib.parse.unquote_plus(client), urllib.parse.unquote_plus(secret)) == ("gate way", SECRET)
        # Signed tokens need no question.
        bearer(gateway, issuer.token()).get_object(Bucket="data", Key="k")
        assert issuer.calls("/introspect") - before == 1

        def refuses(code, what=None, says=None, trouble=None):
            fresh = issuer.token(opaque=True, **(what or {}))
            if says is not None:
                issuer.ask("/say", path="/introspect", claims=says)
            if trouble is not None:
                issuer.ask("/behave", path="/introspect", **trouble)
            with refused(code):
                assume(gateway, fresh)
            issuer.ask("/say")
            issuer.ask("/behave")

        refuses("InvalidIdentityToken", says={"active": False})
        refuses("IDPCommunicationError", says={"active": "true"})
        refuses("IDPCommunicationError", says={"active": None})
        refuses("InvalidIdentityToken", says={"iss": "https://other.example.com"})
        refuses("IDPRejectedClaim", says={"aud": "other"})
        refuses("InvalidIdentityToken", says={"aud": None})
        refuses("IDPRejectedClaim", says={"aud": None, "client_id": "other"})
        refuses("InvalidIdentityToken", says={"sub": None})
        refuses("ExpiredTokenException", says={"exp": 1000})
        for trouble in ({"status": 500}, {"delay": 3}, {"size": 3_000_000}, {"close": True}, {"body": "[]"},
                        {"location": issuer.url + "/introspect2"}):
            refuses("IDPCommunicationError", trouble=trouble)
        with refused("InvalidIdentityToken"):
            assume(gateway, uuid.uuid4().hex)
        issuer.ask("/say", path="/introspect", claims={"aud": None, "client_id": "gateway", "iss": None, "exp": None})
        bearer(gateway, issuer.token(opaque=True)).get_object(Bucket="data", Key="k")
        written = json.dumps(gateway.audit_lines()) + "".join(gateway.log)
        assert token not in written and SECRET not in written
        # A secret that others can read is not used.
        secret = issuer.folder / "secret"
        secret.chmod(0o644)
        try:
            status, _ = request(gateway, "GET", "/data/k", {"Authorization": f"Bearer {issuer.token(opaque=True)}"})[:2]
            assert status == 503, status
        finally:
            secret.chmod(0o600)
        bearer(gateway, issuer.token(opaque=True)).get_object(Bucket="data", Key="k")
    finally:
        gateway.close()


def test_requests_with_one_token_share_a_question(issuer):
    gateway = started(issuer, introspection={"authentication": "client_secret_post", "cache": "1s"})
    try:
        token = issuer.token(opaque=True)
        issuer.ask("/behave", path="/introspect", delay=0.7, times=1)
        before, statuses = issuer.calls("/introspect"), []
        threads = [threading.Thread(target=lambda: statuses.append(
            request(gateway, "GET", "/data/k", {"Authorization": f"Bearer {token}"})[0])) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses == [200] * 8
        assert issuer.calls("/introspect") - before == 1
        form = issuer.ask("/seen")["form"]
        assert (form["client_id"], form["client_secret"]) == ("gate%20way", urllib.parse.quote(SECRET, safe=""))
        # Whom the provider takes back is refused when the answer has aged.
        issuer.ask("/say", path="/introspect", claims={"active": False})
        end = time.monotonic() + 5
        while request(gateway, "GET", "/data/k", {"Authorization": f"Bearer {token}"})[0] == 200:
            assert time.monotonic() < end
            time.sleep(0.1)
    finally:
        gateway.close()


def test_revoked_signed_tokens_and_userinfo(issuer):
    gateway = started(issuer, introspection={"tokens": "all"}, userinfo=True, bearer_roles=["home"])
    try:
        issuer.ask("/say", path="/userinfo", claims={"preferred_username": "ann", "aud": "x", "amr": ["mfa"]})
        s3 = bearer(gateway, issuer.token())
        s3.get_object(Bucket="data", Key="home/ann/k")
        with denied():
            s3.get_object(Bucket="data", Key="home/bob/k")
        # What the token says itself stays as it is.
        bob = bearer(gateway, issuer.token(claims={"preferred_username": "bob"}))
        bob.get_object(Bucket="data", Key="home/bob/k")
        issuer.ask("/say", path="/userinfo", claims={"sub": "mallory", "preferred_username": "ann"})
        with refused("InvalidToken"):
            bearer(gateway, issuer.token()).get_object(Bucket="data", Key="home/ann/k")
        issuer.ask("/say", path="/userinfo", claims={"preferred_username": "ann"})
        issuer.ask("/say", path="/introspect", claims={"sub": "mallory"})
        with refused("InvalidToken"):
            bearer(gateway, issuer.token()).get_object(Bucket="data", Key="home/ann/k")
        issuer.ask("/say", path="/introspect", claims={"active": False})
        with refused("InvalidToken"):
            bearer(gateway, issuer.token()).get_object(Bucket="data", Key="home/ann/k")
        issuer.ask("/say", path="/introspect", claims={})
        issuer.ask("/behave", path="/userinfo", status=403)
        with refused("InvalidToken"):
            bearer(gateway, issuer.token()).get_object(Bucket="data", Key="home/ann/k")
        issuer.ask("/behave", path="/userinfo", status=500)
        with refused("ServiceUnavailable"):
            bearer(gateway, issuer.token()).get_object(Bucket="data", Key="home/ann/k")
    finally:
        gateway.close()

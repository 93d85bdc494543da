"""Tokens of an OpenID Connect provider, traded for a role: what is taken, what is refused, and what comes of it."""

import json
import os
import subprocess
import time
import urllib.parse

import boto3
import botocore
import botocore.config
import pytest

from gateway import Gateway
from identities import ACCOUNT, allow, bucket_arns, policy, render, role_arn, trust
from issuer import Issuer
from refusals import denied, refused

ACTION = "sts:AssumeRoleWithWebIdentity"


def provider_arn(issuer):
    return f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.host}"


def config(issuer, providers=True, **changes):
    def trusting(condition=None, actions=ACTION):
        return trust({"Federated": provider_arn(issuer)}, condition, actions)

    home = policy(allow("s3:*", "arn:aws:s3:::data/home/${jwt:preferred_username}/*"))
    roles = {
        "reader": {"policies": ["readonly"], "trust_policy": trusting({"StringEquals": {f"{issuer.host}:aud": "gateway"}})},
        "alice-only": {"policies": ["readonly"],
                       "trust_policy": trusting({"StringEquals": {f"{issuer.host}:sub": "alice"}})},
        "group": {"policies": ["readonly"],
                  "trust_policy": trusting({"ForAnyValue:StringEquals": {f"{issuer.host}:groups": "readers"}})},
        "nested": {"policies": ["readonly"],
                   "trust_policy": trusting({"ForAnyValue:StringEquals": {"jwt:realm_access.roles": "storage"}})},
        "home": {"inline_policies": {"home": home}, "trust_policy": trusting()},
        "careful": {"policies": ["readonly"],
                    "trust_policy": trusting({"Bool": {"aws:MultiFactorAuthPresent": "true"}})},
        "tagged": {"inline_policies": {"own": policy(
            allow("s3:GetObject", "arn:aws:s3:::data/${aws:PrincipalTag/team}/*"))},
            "trust_policy": trusting(actions=[ACTION, "sts:TagSession"])},
        "users-only": {"policies": ["readonly"],
                       "trust_policy": trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, actions=[ACTION, "sts:AssumeRole"])},
        "anybody": {"policies": ["readonly"], "trust_policy": trust("*", actions=ACTION)},
        "elsewhere": {"policies": ["readonly"], "trust_policy": trust(
            {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/other.example.com"}, actions=ACTION)},
    }
    openid = {"main": {"issuer": issuer.url, "audiences": ["gateway"], "ca_file": issuer.ca, "timeout": "2s",
                       "claims": ["realm_access.roles"], **changes}}
    return render(identities={"roles": roles}, openid=openid if providers else {})


@pytest.fixture(scope="module")
def issuer():
    with Issuer() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(issuer):
    with Gateway(config(issuer)) as running:
        s3 = running.client()
        s3.create_bucket(Bucket="data")
        for key in ("k", "home/ann/k", "home/bob/k", "blue/k"):
            s3.put_object(Bucket="data", Key=key, Body=b"data")
        yield running


@pytest.fixture(autouse=True)
def behave(issuer):
    issuer.ask("/behave")


def sts(gateway):
    """Unsigned, as clients without keys are."""
    return boto3.session.Session().client(
        "sts", endpoint_url=gateway.endpoint, verify=gateway.ca, region_name="us-east-1",
        config=botocore.config.Config(signature_version=botocore.UNSIGNED, retries={"max_attempts": 1}))


def assume(gateway, token, role="reader", **more):
    return sts(gateway).assume_role_with_web_identity(
        RoleArn=role_arn(role), RoleSessionName="session", WebIdentityToken=token, **more)


def s3_of(gateway, answer):
    credentials = answer["Credentials"]
    return gateway.client(access_key=credentials["AccessKeyId"], secret_key=credentials["SecretAccessKey"],
                          token=credentials["SessionToken"])


def test_a_token_gives_a_role(gateway, issuer):
    answer = assume(gateway, issuer.token())
    assert answer["SubjectFromWebIdentityToken"] == "alice"
    assert answer["Audience"] == "gateway"
    assert answer["Provider"] == issuer.url
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/session"
    s3 = s3_of(gateway, answer)
    assert s3.get_object(Bucket="data", Key="k")["Body"].read() == b"data"
    with denied():
        s3.put_object(Bucket="data", Key="k", Body=b"no")
    credentials = answer["Credentials"]
    who = gateway.client("sts", access_key=credentials["AccessKeyId"], secret_key=credentials["SecretAccessKey"],
                         token=credentials["SessionToken"]).get_caller_identity()
    assert who["Arn"] == answer["AssumedRoleUser"]["Arn"]


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "ES256", "ES384", "EdDSA"])
def test_algorithms(gateway, issuer, algorithm):
    # The issuer's RSA key says alg RS256, and a key's word counts.
    token = issuer.token(alg=algorithm)
    if algorithm in ("RS384", "RS512"):
        with refused("InvalidIdentityToken", status=400):
            assume(gateway, token)
    else:
        assume(gateway, token)


HOSTILE = {
    "alg none": {"alg": "none"},
    "no signature": {"key": "none"},
    "unknown key": {"key": "rogue"},
    "embedded key": {"key": "embedded"},
    "public key as secret": {"alg": "HS256", "key": "public-pem"},
    "public jwk as secret": {"alg": "HS256", "key": "public-jwk"},
    "shared secret": {"alg": "HS256"},
    "payload changed": {"tamper": "payload"},
    "signature changed": {"tamper": "signature"},
    "padded": {"tamper": "padding"},
    "four parts": {"tamper": "extra-dot"},
    "critical header": {"header": {"crit": ["b64"], "b64": False}},
    "key url": {"header": {"jku": "https://localhost/keys"}},
    "certificate url": {"header": {"x5u": "https://localhost/cert"}},
    "other issuer": {"claims": {"iss": "https://other.example.com"}},
    "issuer with slash": {"claims": {"iss": "SLASH"}},
    "issuer is a list": {"claims": {"iss": ["https://localhost"]}},
    "no issuer": {"drop": ["iss"]},
    "no subject": {"drop": ["sub"]},
    "no expiry": {"drop": ["exp"]},
    "no audience": {"drop": ["aud"]},
    "not yet": {"claims": {"nbf": "+600"}},
    "issued tomorrow": {"claims": {"iat": "+86400"}},
    "expiry is text": {"claims": {"exp": "soon"}},
    "subject is a number": {"claims": {"sub": 7}},
    "long subject": {"claims": {"sub": "a" * 300}},
}


@pytest.mark.parametrize("what", HOSTILE.values(), ids=HOSTILE)
def test_hostile_tokens(gateway, issuer, what):
    what = json.loads(json.dumps(what).replace('"SLASH"', json.dumps(issuer.url + "/")))
    with refused("InvalidIdentityToken", status=400):
        assume(gateway, issuer.token(**what))
    # Next to it, the good one.
    assume(gateway, issuer.token())


def test_expired_and_rejected(gateway, issuer):
    with refused("ExpiredTokenException", status=400):
        assume(gateway, issuer.token(claims={"exp": "-120"}))
    # Within the skew.
    assume(gateway, issuer.token(claims={"exp": "-10"}))
    with refused("IDPRejectedClaim", status=403):
        assume(gateway, issuer.token(claims={"aud": "other"}))
    with refused("IDPRejectedClaim", status=403):
        assume(gateway, issuer.token(claims={"groups": ["g" + "x" * 600]}))
    for token in ("....", "x" * 19_999, "a.b.c", "é.é.é"):
        with refused("InvalidIdentityToken", status=400):
            assume(gateway, token)


@pytest.mark.parametrize("role,token,allowed", [
    ("alice-only", {}, True),
    ("alice-only", {"claims": {"sub": "mallory"}}, False),
    ("group", {}, True),
    ("group", {"claims": {"groups": ["others"]}}, False),
    ("group", {"claims": {"groups": None}}, False),
    ("nested", {"claims": {"realm_access": {"roles": ["a", "storage"]}}}, True),
    ("nested", {"claims": {"realm_access.roles": ["x"]}}, False),
    ("nested", {}, False),
    ("careful", {"claims": {"amr": ["pwd", "mfa"]}}, True),
    ("careful", {"claims": {"amr": ["pwd"]}}, False),
    ("users-only", {}, False),
    ("anybody", {}, False),
    ("elsewhere", {}, False),
    ("missing", {}, False),
])
def test_trust_policies(gateway, issuer, role, token, allowed):
    token = issuer.token(**token)
    if allowed:
        assume(gateway, token, role)
    else:
        with refused("AccessDenied", status=403) as error:
            assume(gateway, token, role)
        assert error.value.response["Error"]["Message"] == f"Not authorized to perform {ACTION}"


def test_claims_and_tags_follow_the_session(gateway, issuer):
    home = s3_of(gateway, assume(gateway, issuer.token(claims={"preferred_username": "ann"}), "home"))
    home.get_object(Bucket="data", Key="home/ann/k")
    with denied():
        home.get_object(Bucket="data", Key="home/bob/k")
    # Without the claim the variable stands for nothing.
    nobody = s3_of(gateway, assume(gateway, issuer.token(), "home"))
    with denied():
        nobody.get_object(Bucket="data", Key="home/ann/k")
    claims = {"https://aws.amazon.com/tags": {"principal_tags": {"team": ["blue"]}}}
    tagged = s3_of(gateway, assume(gateway, issuer.token(claims=claims), "tagged"))
    tagged.get_object(Bucket="data", Key="blue/k")
    with denied():
        tagged.get_object(Bucket="data", Key="k")
    # A role that does not let its sessions be tagged.
    with refused("AccessDenied"):
        assume(gateway, issuer.token(claims=claims), "reader")


def test_session_policy_and_duration(gateway, issuer):
    narrow = json.dumps(policy(allow("s3:GetObject", bucket_arns("data")[1])))
    s3 = s3_of(gateway, assume(gateway, issuer.token(), Policy=narrow))
    s3.get_object(Bucket="data", Key="k")
    with denied():
        s3.list_objects_v2(Bucket="data")
    with refused("ValidationError"):
        assume(gateway, issuer.token(), DurationSeconds=7200)
    answer = assume(gateway, issuer.token(), DurationSeconds=900)
    assert answer["Credentials"]["Expiration"].timestamp() - time.time() < 901


def test_botocore_web_identity_provider(gateway, issuer, tmp_path):
    """As pods and CI jobs do it: a token file and a role in the environment."""
    file = tmp_path / "token"
    file.write_text(issuer.token())
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_ROLE_ARN": role_arn("reader"),
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(file), "AWS_ROLE_SESSION_NAME": "pod", "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": gateway.endpoint, "AWS_CA_BUNDLE": gateway.ca, "AWS_MAX_ATTEMPTS": "1"}
    done = subprocess.run(["aws", "s3", "cp", "s3://data/k", "-"], env=environment, capture_output=True, timeout=60)
    assert done.stdout == b"data", done.stderr


def test_nothing_secret_is_written(gateway, issuer):
    token = issuer.token()
    answer = assume(gateway, token)
    bad = issuer.token(tamper="payload")
    with refused("InvalidIdentityToken") as error:
        assume(gateway, bad)
    assert bad[:40] not in json.dumps(error.value.response)
    body = urllib.parse.urlencode({"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "WebIdentityToken":
                                   "x" * 20_001, "RoleArn": role_arn("reader"), "RoleSessionName": "session"})
    done = subprocess.run(["curl", "-s", "--cacert", gateway.ca, gateway.endpoint, "-d", body], capture_output=True,
                          text=True, timeout=20)
    assert "ValidationError" in done.stdout
    assert "xxxx" not in done.stdout
    time.sleep(0.3)
    written = json.dumps(gateway.audit_lines()) + "".join(gateway.log)
    for secret in (token.split(".")[2], bad.split(".")[1][-40:], answer["Credentials"]["SecretAccessKey"]):
        assert secret not in written


def test_rotation_and_outages(issuer):
    with Gateway(config(issuer)) as gateway:
        assume(gateway, issuer.token())
        old = issuer.token()
        # A new key is found by its id; the old one still counts while it is published.
        issuer.ask("/rotate", keep=1)
        time.sleep(10.1)
        assume(gateway, issuer.token())
        assume(gateway, old)
        # Unknown key ids do not hammer the issuer.
        before = issuer.calls("/jwks")
        for _ in range(20):
            with refused("InvalidIdentityToken"):
                assume(gateway, issuer.token(header={"kid": "unheard-of"}))
        assert issuer.calls("/jwks") - before <= 1
        # The last good keys outlive the issuer's troubles.
        for trouble in ({"status": 500}, {"delay": 30}, {"size": 20_000_000}, {"close": True},
                        {"location": "https://localhost:1/jwks"}, {"body": "{}"}):
            issuer.ask("/behave", path="/jwks", **trouble)
            started = time.monotonic()
            assume(gateway, issuer.token())
            assert time.monotonic() - started < 2
        issuer.ask("/behave")


@pytest.mark.parametrize("trouble", [
    {"path": "/jwks", "status": 500}, {"path": "/jwks", "delay": 5}, {"path": "/jwks", "size": 20_000_000},
    {"path": "/jwks", "body": "nonsense"}, {"path": "/.well-known/openid-configuration", "status": 404},
    {"path": "/.well-known/openid-configuration", "body": '{"issuer": "https://other.example.com"}'},
    {"path": "/jwks", "location": "https://localhost:1/"}], ids=str)
def test_an_issuer_that_never_answered(issuer, trouble):
    """Without keys nothing can be said; everything else goes on."""
    issuer.ask("/behave", **trouble)
    with Gateway(config(issuer)) as gateway:
        started = time.monotonic()
        with refused("IDPCommunicationError", status=400):
            assume(gateway, issuer.token())
        assert time.monotonic() - started < 7
        gateway.client().list_buckets()
        issuer.ask("/behave")
        # It comes back by itself.
        end = time.monotonic() + 15
        while True:
            try:
                assume(gateway, issuer.token())
                break
            except botocore.exceptions.ClientError:
                assert time.monotonic() < end
                time.sleep(0.3)


def test_wrong_authority_is_not_believed(issuer, tmp_path):
    other = tmp_path / "other.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "1", "-subj", "/CN=other", "-keyout", "/dev/null", "-out", str(other)], check=True,
                   capture_output=True)
    with Gateway(config(issuer, ca_file=str(other))) as gateway:
        with refused("IDPCommunicationError"):
            assume(gateway, issuer.token())


def test_removing_the_provider_ends_its_sessions(issuer):
    with Gateway(config(issuer)) as gateway:
        gateway.client().create_bucket(Bucket="data")
        gateway.client().put_object(Bucket="data", Key="k", Body=b"data")
        s3 = s3_of(gateway, assume(gateway, issuer.token()))
        s3.get_object(Bucket="data", Key="k")
        gateway.reload(config(issuer, providers=False))
        with refused("InvalidToken", status=400):
            s3.get_object(Bucket="data", Key="k")
        with refused("AccessDenied", "MissingAuthenticationToken", "InvalidAction"):
            assume(gateway, issuer.token())
        gateway.client().list_objects_v2(Bucket="data")


def test_other_unsigned_actions_stay_refused(gateway):
    with refused("MissingAuthenticationToken", "AccessDenied"):
        sts(gateway).get_caller_identity()

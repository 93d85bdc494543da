"""Federated identities without roles, MinIO's way: what a provider's mapping gives to claims, now and on each request."""

import json
import math
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree

import pytest

from gateway import ROOT_ACCESS_KEY, ROOT_SECRET_KEY, Gateway
from identities import ACCOUNT, allow, policy, render, role_arn, trust
from issuer import Issuer
from own_actions import Refused, ask, credentials
from refusals import denied, refused
from test_bearer import bearer

ARN = f"arn:aws:sts::{ACCOUNT}:federated-identity/main/"
MAPPING = {
    "policies": [{"claim": "groups", "value": "readers*", "policies": ["readonly"]},
                 {"claim": "realm_access.roles", "value": "homes", "policies": ["home"]}],
    "policy_claim": "storage_policy"}


def config(issuer, mapping=MAPPING, policies=None, providers=True, roles=None):
    deny = policy({"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/secret"})
    declared = {
        "home": policy(allow("s3:*", "arn:aws:s3:::data/home/${jwt:preferred_username}/*")),
        "no-secret": deny, **(policies or {})}
    everything = {"policies": ["readwrite"], "trust_policy": trust(
        {"AWS": f"{ARN}alice"}, actions="sts:AssumeRole")}
    web = {"policies": ["readonly"], "trust_policy": trust(
        {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.host}"}, actions="sts:AssumeRoleWithWebIdentity")}
    openid = {"main": {"issuer": issuer.url, "audiences": ["gateway"], "ca_file": issuer.ca, "timeout": "2s",
                       "bearer": True, "bearer_roles": ["nobody"], **mapping}}
    return render(identities={"policies": declared, "roles": {"chained": everything, "web": web, **(roles or {})}},
                  openid=openid if providers else {})


@pytest.fixture(scope="module")
def issuer():
    with Issuer() as running:
        yield running


@pytest.fixture(scope="module")
def running(issuer):
    with Gateway(config(issuer)) as running:
        s3 = running.client()
        s3.create_bucket(Bucket="data")
        for key in ("k", "secret", "home/ann/k", "home/bob/k"):
            s3.put_object(Bucket="data", Key=key, Body=b"data")
        yield running


@pytest.fixture
def gateway(running, issuer):
    yield running
    running.reload(config(issuer))


class Refusal(Exception):
    pass


def trade(gateway, token, action="AssumeRoleWithWebIdentity", **parameters):
    """As MinIO's clients do: unsigned, everything in the body, no role."""
    name = "WebIdentityToken" if action == "AssumeRoleWithWebIdentity" else "Token"
    form = {"Action": action, "Version": "2011-06-15", name: token, **parameters}
    context = ssl.create_default_context(cafile=str(gateway.ca))
    try:
        with urllib.request.urlopen(gateway.endpoint, urllib.parse.urlencode(form).encode(), context=context) as answer:
            document = xml.etree.ElementTree.parse(answer).getroot()
    except urllib.error.HTTPError as error:
        document = xml.etree.ElementTree.parse(error).getroot()
        raise Refusal(error.code, document.find(".//{*}Code").text) from None
    assert document.tag == "{https://sts.amazonaws.com/doc/2011-06-15/}" + action + "Response"
    found = {element.tag.split("}")[1]: element.text for element in document.iter()}
    assert ("AssumedRoleUser" in found) == ("RoleSessionName" in parameters)
    return found


def s3_of(gateway, found):
    return gateway.client(**credentials(found))


def reads(s3, key="k"):
    return s3.get_object(Bucket="data", Key=key)["Body"].read() == b"data"


def test_claims_give_policies(gateway, issuer):
    found = trade(gateway, issuer.token(claims={"groups": ["readers-eu"]}))
    assert found["SubjectFromWebIdentityToken"] == "alice" and found["Provider"] == issuer.url
    s3 = s3_of(gateway, found)
    assert reads(s3)
    with denied():
        s3.put_object(Bucket="data", Key="k", Body=b"no")
    who = gateway.client("sts", **credentials(found)).get_caller_identity()
    assert who["Arn"] == f"{ARN}alice" and who["UserId"].endswith(":alice") and who["Account"] == ACCOUNT

    # Nested claims, and variables in what they give.
    home = s3_of(gateway, trade(gateway, issuer.token(
        claims={"groups": [], "realm_access": {"roles": ["homes"]}, "preferred_username": "ann"})))
    assert reads(home, "home/ann/k")
    with denied():
        reads(home, "home/bob/k")
    # The claim that names policies; a deny among them counts.
    named = s3_of(gateway, trade(gateway, issuer.token(claims={"groups": [], "storage_policy": "readonly, no-secret"})))
    assert reads(named)
    with denied():
        reads(named, "secret")


def test_client_grants(gateway, issuer):
    """MinIO's older name for the same, by an access token."""
    good = issuer.token(header={"typ": "at+jwt"}, claims={"groups": ["readers"]})
    found = trade(gateway, good, "AssumeRoleWithClientGrants", DurationSeconds="900")
    assert found["SubjectFromToken"] == "alice" and "Provider" not in found
    assert reads(s3_of(gateway, found))
    for token, code in [(issuer.token(key="rogue", claims={"groups": ["readers"]}), "InvalidIdentityToken"),
                        (issuer.token(claims={"groups": []}), "AccessDenied"),
                        (issuer.token(claims={"exp": "-120"}), "ExpiredTokenException")]:
        with pytest.raises(Refusal, match=code):
            trade(gateway, token, "AssumeRoleWithClientGrants")
    # Each action has its own name for the token.
    with pytest.raises(Refusal, match="ValidationError"):
        trade(gateway, "", "AssumeRoleWithClientGrants", WebIdentityToken=good)
    # And roles trust one, the other or both.
    with pytest.raises(Refusal, match="AccessDenied"):
        trade(gateway, good, "AssumeRoleWithClientGrants", RoleArn=role_arn("web"), RoleSessionName="session")
    gateway.client("sts").assume_role_with_web_identity(
        RoleArn=role_arn("web"), RoleSessionName="session", WebIdentityToken=good)
    assert good not in json.dumps(gateway.audit_lines())


@pytest.mark.parametrize("claims", [
    {"groups": ["writers"]}, {"groups": []}, {"groups": ["Readers"]}, {"groups": ["a,readers"]},
    {"groups": "xreaders"}, {"groups": [], "storage_policy": ""},
    # Neither ARNs nor paths.
    {"groups": [], "storage_policy": "arn:aws:iam::aws:policy/AdministratorAccess"},
])
def test_who_is_mapped_to_nothing_gets_nothing(gateway, issuer, claims):
    with pytest.raises(Refusal, match="AccessDenied"):
        trade(gateway, issuer.token(claims=claims))
    trade(gateway, issuer.token(claims={"groups": ["readers"]}))


def test_a_policy_that_is_not_there_denies(gateway, issuer):
    s3 = s3_of(gateway, trade(gateway, issuer.token(claims={"groups": ["readers"], "storage_policy": "gone"})))
    with denied():
        reads(s3)


def test_other_proofs_and_parameters_are_refused(gateway, issuer):
    for token, code in [(issuer.token(key="rogue"), "InvalidIdentityToken"), ("x.y.z", "InvalidIdentityToken"),
                        (issuer.token(claims={"exp": "-120"}), "ExpiredTokenException"),
                        (issuer.token(claims={"sub": "line\nbreak", "groups": ["readers"]}), "InvalidIdentityToken")]:
        with pytest.raises(Refusal, match=code):
            trade(gateway, token)
    good = issuer.token(claims={"groups": ["readers"]})
    with pytest.raises(Refusal, match="ValidationError"):
        trade(gateway, good, DurationSeconds="10")
    with pytest.raises(Refusal, match="MalformedPolicyDocument"):
        trade(gateway, good, Policy="{}")
    trade(gateway, good, DurationSeconds="900")


def test_a_session_policy_only_restricts(gateway, issuer):
    token = issuer.token(claims={"groups": ["readers"]})
    s3 = s3_of(gateway, trade(gateway, token, Policy=json.dumps(policy(allow("s3:*", "arn:aws:s3:::data/k")))))
    assert reads(s3)
    with denied():
        s3.put_object(Bucket="data", Key="k", Body=b"no")
    with denied():
        reads(s3, "secret")


def test_the_mapping_counts_as_it_is_now(gateway, issuer):
    s3 = s3_of(gateway, trade(gateway, issuer.token(claims={"groups": ["readers"]})))
    assert reads(s3)
    gateway.reload(config(issuer, {"policies": [{"claim": "groups", "value": "others", "policies": ["readonly"]}]}))
    with denied():
        reads(s3)
    gateway.reload(config(issuer, {"policies": [{"policies": ["readwrite"]}]}))
    s3.put_object(Bucket="data", Key="k", Body=b"data")
    gateway.reload(config(issuer, providers=False))
    with refused("InvalidToken", "ExpiredToken", "InvalidAccessKeyId", "InvalidClientTokenId", "AccessDenied"):
        reads(s3)
    gateway.reload(config(issuer))
    assert reads(s3)


def test_bucket_policies_name_the_person(gateway, issuer):
    s3 = gateway.client()
    alice = s3_of(gateway, trade(gateway, issuer.token(claims={"groups": ["readers"]})))
    bob = s3_of(gateway, trade(gateway, issuer.token(claims={"sub": "bob", "groups": ["readers"]})))
    s3.put_bucket_policy(Bucket="data", Policy=json.dumps(policy(
        {**allow("s3:PutObject", "arn:aws:s3:::data/*"), "Principal": {"AWS": f"{ARN}alice"}})))
    try:
        alice.put_object(Bucket="data", Key="k", Body=b"data")
        with denied():
            bob.put_object(Bucket="data", Key="k", Body=b"data")
    finally:
        s3.delete_bucket_policy(Bucket="data")


def test_roles_can_be_assumed_from_there(gateway, issuer):
    found = trade(gateway, issuer.token(claims={"groups": ["readers"], "storage_policy": "assume"}))
    sts = gateway.client("sts", **credentials(found))
    with denied():
        sts.assume_role(RoleArn=role_arn("chained"), RoleSessionName="session")
    gateway.reload(config(issuer, policies={"assume": policy(allow("sts:AssumeRole", "*"))}))
    answer = sts.assume_role(RoleArn=role_arn("chained"), RoleSessionName="session")
    s3_of(gateway, answer["Credentials"]).put_object(Bucket="data", Key="k", Body=b"data")
    for call in (sts.get_session_token, lambda: sts.get_federation_token(Name="guest")):
        with denied():
            call()


def test_sessions_are_listed_and_revoked(gateway, issuer):
    found = trade(gateway, issuer.token(claims={"sub": "carol", "groups": ["readers"]}))
    s3 = s3_of(gateway, found)
    assert reads(s3)
    deadline = time.monotonic() + 10
    while True:
        listed = [one for one in ask(gateway, "ListSessions", **root())["Sessions"]
                  if one["AccessKeyId"] == found["AccessKeyId"]]
        if listed or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    [session] = listed
    assert session["Arn"] == f"{ARN}carol" and session["Subject"] == "carol"
    ask(gateway, "RevokeSessions", SessionAccessKeyId=found["AccessKeyId"], **root())
    with refused("ExpiredToken", "InvalidToken", "InvalidAccessKeyId", "AccessDenied", "InvalidClientTokenId"):
        reads(s3)


def test_bearer_tokens_have_what_the_mapping_gives(gateway, issuer):
    reader = bearer(gateway, issuer.token(claims={"groups": ["readers"]}))
    for _ in range(2):
        assert reads(reader)
    with denied():
        reader.put_object(Bucket="data", Key="k", Body=b"no")
    nobody = bearer(gateway, issuer.token(claims={"groups": []}))
    with denied():
        reads(nobody)


def test_audit_tells_who_it_was(gateway, issuer):
    token = issuer.token(claims={"sub": "dora", "groups": ["readers"]})
    s3 = s3_of(gateway, trade(gateway, token))
    answer = s3.get_object(Bucket="data", Key="k")
    [line] = gateway.audit_lines(answer["ResponseMetadata"]["RequestId"])
    assert f"{ARN}dora" in json.dumps(line)
    end = time.monotonic() + 10
    while ":dora" not in json.dumps(gateway.audit_lines()):
        assert time.monotonic() < end
        time.sleep(0.05)
    written = gateway.audit_lines()
    assert token not in json.dumps(written)
    # The trade itself names whom the provider vouched for.
    [trading] = [line for line in written if line.get("operation") == "AssumeRoleWithWebIdentity"
                 and line["principal"].get("id", "").endswith(":dora")]
    assert trading["principal"]["type"] == "federated"
    assert trading["principal"]["arn"] == f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.host}"


def root():
    return {"access_key": ROOT_ACCESS_KEY, "secret_key": ROOT_SECRET_KEY}


def role_session(gateway, token):
    return gateway.client("sts").assume_role_with_web_identity(
        RoleArn=role_arn("reader"), RoleSessionName="session", WebIdentityToken=token)["Credentials"]


@pytest.mark.parametrize("has_role", [False, True], ids=["mapped", "role"])
def test_service_accounts_of_people(gateway, issuer, has_role):
    """Made by the person, with what the person has or less; ends in time, with the mapping, and when it is revoked."""
    own = policy(allow(["iam:*ServiceAccount", "iam:ListServiceAccounts"], "*"))

    def configured(**changes):
        reader = {"policies": ["readonly", "own"], "trust_policy": trust(
            {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.host}"},
            actions="sts:AssumeRoleWithWebIdentity")}
        return config(issuer, policies={"own": own}, roles={"reader": reader}, **changes)

    gateway.reload(configured())
    name = "erin" if has_role else "gina"
    token = issuer.token(claims={"sub": name, "groups": ["readers"], "storage_policy": "own"})
    keys = credentials(role_session(gateway, token) if has_role else trade(gateway, token))
    account = ask(gateway, "CreateServiceAccount", **keys)["ServiceAccount"]
    # It ends, whether that was asked for or not.
    end = time.mktime(time.strptime(account["Expiration"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert abs(end - time.time() - 30 * 86400) < 120
    for expiration in (time.time() + 31 * 86400, time.time() - 10):
        with pytest.raises(Refused, match="InvalidInput"):
            ask(gateway, "CreateServiceAccount", Expiration=str(int(expiration)), **keys)
    with pytest.raises(Refused, match="InvalidInput"):
        ask(gateway, "UpdateServiceAccount", AccessKeyId=account["AccessKeyId"],
            Expiration=str(int(time.time() + 31 * 86400)), **root())
    ask(gateway, "UpdateServiceAccount", AccessKeyId=account["AccessKeyId"], Expiration="", **keys)
    assert "Expiration" in ask(gateway, "GetServiceAccount", AccessKeyId=account["AccessKeyId"], **keys)["ServiceAccount"]

    s3 = s3_of(gateway, account)
    assert reads(s3)
    with denied():
        s3.put_object(Bucket="data", Key="k", Body=b"no")
    narrow = ask(gateway, "CreateServiceAccount", Policy=json.dumps(policy(allow("s3:*", "arn:aws:s3:::data/home/*"))),
                 **keys)["ServiceAccount"]
    assert reads(s3_of(gateway, narrow), "home/ann/k")
    with denied():
        reads(s3_of(gateway, narrow))
    who = gateway.client("sts", **credentials(account)).get_caller_identity()
    assert who["Arn"] == (f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/session" if has_role else f"{ARN}{name}")

    # Theirs alone: somebody else's are not there for them.
    found = ask(gateway, "ListServiceAccounts", **keys)["ServiceAccounts"]
    assert {one["AccessKeyId"] for one in found} == {account["AccessKeyId"], narrow["AccessKeyId"]}
    other = issuer.token(claims={"sub": "frank", "groups": ["readers"], "storage_policy": "own"})
    others = credentials(role_session(gateway, other) if has_role else trade(gateway, other))
    assert not ask(gateway, "ListServiceAccounts", **others)["ServiceAccounts"]
    with pytest.raises(Refused, match="NoSuchEntity|AccessDenied"):
        ask(gateway, "DeleteServiceAccount", AccessKeyId=account["AccessKeyId"], **others)
    # A service account makes no others.
    with pytest.raises(Refused):
        ask(gateway, "CreateServiceAccount", **credentials(account))

    # What gave them what they have goes, and theirs goes with it.
    gateway.reload(configured(providers=False))
    with refused("InvalidAccessKeyId", "AccessDenied"):
        reads(s3)
    gateway.reload(configured())
    assert reads(s3)
    if not has_role:
        gateway.reload(configured(mapping={"policies": [{"value": "nobody", "policies": ["readonly"]}]}))
        with denied():
            reads(s3)
        gateway.reload(configured())
    # All that this provider vouched for so far, sessions and accounts.
    session = s3_of(gateway, role_session(gateway, token) if has_role else trade(gateway, token))
    assert reads(session) and reads(s3)
    ask(gateway, "RevokeSessions", OpenIDConnectProviderArn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.host}",
        **root())
    for ended in (session, s3):
        with refused("ExpiredToken", "InvalidToken", "InvalidAccessKeyId", "AccessDenied", "InvalidClientTokenId"):
            reads(ended)
    with pytest.raises(Refused, match="NoSuchEntity"):
        ask(gateway, "RevokeSessions", OpenIDConnectProviderArn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/x.example.com",
            **root())
    time.sleep(max(0, math.ceil(time.time()) + 0.05 - time.time()))
    assert reads(s3_of(gateway, role_session(gateway, token) if has_role else trade(gateway, token)))

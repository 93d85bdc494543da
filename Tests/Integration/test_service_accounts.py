"""Service accounts and sessions: Martlet's own actions, and what they do to the very next request."""

import contextlib
import datetime
import json
import ssl
import time
import urllib.error
import urllib.request
import uuid

import pytest

from gateway import Gateway, at
from identities import ACCOUNT, allow, bucket_arns, deny, policy, render, role_arn, trust, user_arn
from own_actions import ROOT, Refused, ask, credentials
from refusals import denied, refused
from signing import presign

READ = policy(allow("s3:GetObject", bucket_arns("data")[1]))
GONE = ("InvalidAccessKeyId", "403")
REVOKED = ("InvalidToken", "ExpiredToken", "AccessDenied", "InvalidClientTokenId", "400", "403")


@pytest.fixture(scope="module")
def gateway(identity_store):
    with Gateway(render(identity_store=identity_store("accounts"))) as running:
        fill(running)
        yield running


def fill(gateway):
    s3 = gateway.client()
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="k", Body=b"data")


@pytest.fixture
def iam(gateway):
    return gateway.client("iam")


@pytest.fixture
def who():
    return f"u{uuid.uuid4().hex[:12]}"


def made(iam, name, *statements):
    """A user who may read the object, manage service accounts of its own, and what else is said; its key."""
    own = allow("iam:*ServiceAccount*", f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(
        policy(*READ["Statement"], own, *statements)))
    return credentials(iam.create_access_key(UserName=name)["AccessKey"])


def account(gateway, keys, **parameters):
    return credentials(ask(gateway, "CreateServiceAccount", **keys, **parameters)["ServiceAccount"])


def read(gateway, keys):
    return gateway.client(**keys).get_object(Bucket="data", Key="k")["Body"].read()


def url_of(gateway, keys):
    return gateway.client(**keys, signature_version="s3v4").generate_presigned_url(
        "get_object", {"Bucket": "data", "Key": "k"})


def fetched(gateway, url):
    try:
        with urllib.request.urlopen(url, context=ssl.create_default_context(cafile=gateway.ca), timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@contextlib.contextmanager
def refuses(*codes):
    with pytest.raises(Refused) as error:
        yield
    assert error.value.code in codes, error.value


def await_next_second():
    """Revocations reach to the end of their second: what is to live must be made later."""
    now = time.time()
    time.sleep(1.05 - now % 1)


# --- service accounts

def test_a_life(gateway, iam, who):
    parent = made(iam, who)
    end = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)).replace(microsecond=0)
    keys = account(gateway, parent, Name="backup", Description="nightly", Expiration=end.isoformat())
    assert read(gateway, keys) == b"data"
    url = url_of(gateway, keys)
    assert fetched(gateway, url) == 200
    listed, = ask(gateway, "ListServiceAccounts", **parent)["ServiceAccounts"]
    assert listed["AccessKeyId"] == keys["access_key"] and listed["ParentUser"] == who and "Policy" not in listed
    got = ask(gateway, "GetServiceAccount", **parent, AccessKeyId=keys["access_key"])["ServiceAccount"]
    assert (got["Name"], got["Description"], got["Status"], got["ImpliedPolicy"]) == (
        "backup", "nightly", "Active", "true")
    assert "SecretAccessKey" not in got
    assert datetime.datetime.fromisoformat(got["Expiration"].replace("Z", "+00:00")) == end
    # It is no key of the user's, and no other user's business.
    assert keys["access_key"] not in [k["AccessKeyId"] for k in
                                      iam.list_access_keys(UserName=who)["AccessKeyMetadata"]]
    other = made(iam, who + "x")
    for action in ("GetServiceAccount", "UpdateServiceAccount", "DeleteServiceAccount"):
        with refuses("AccessDenied"):
            ask(gateway, action, **other, AccessKeyId=keys["access_key"])
    # Each change counts on the next request, presigned URLs included.
    def update(**what):
        ask(gateway, "UpdateServiceAccount", **parent, AccessKeyId=keys["access_key"], **what)

    update(Status="Inactive")
    with refused(*GONE):
        read(gateway, keys)
    assert fetched(gateway, url) == 403
    update(Status="Active")
    read(gateway, keys)
    update(Policy=json.dumps(policy(allow("s3:ListBucket", "*"))))
    with denied():
        read(gateway, keys)
    assert fetched(gateway, url) == 403
    update(Policy="")
    assert fetched(gateway, url) == 200
    ask(gateway, "DeleteServiceAccount", **parent, AccessKeyId=keys["access_key"])
    with refused(*GONE):
        read(gateway, keys)
    assert fetched(gateway, url) == 403
    with refuses("NoSuchEntity", "AccessDenied"):
        ask(gateway, "GetServiceAccount", **parent, AccessKeyId=keys["access_key"])
    assert ask(gateway, "ListServiceAccounts", **parent)["ServiceAccounts"] in ("", [])


def test_a_policy_only_restricts(gateway, iam, who):
    parent = made(iam, who)
    # More than the parent has is no more than the parent has.
    keys = account(gateway, parent, Policy=json.dumps(policy(allow("*", "*"))))
    read(gateway, keys)
    with denied():
        gateway.client(**keys).put_object(Bucket="data", Key="k", Body=b"no")
    with denied():
        gateway.client("iam", **keys).list_users()
    # What is denied stays denied.
    keys = account(gateway, parent, Policy=json.dumps(policy(allow("*", "*"), deny("s3:GetObject", "*"))))
    with denied():
        read(gateway, keys)
    with refuses("MalformedPolicyDocument"):
        account(gateway, parent, Policy='{"Version":"2012-10-17","Statement":{"Effect":"Perhaps"}}')


def test_the_parents_rights_are_the_limit(gateway, iam, who):
    """Whoever takes them away, and whatever the account was made with."""
    parent = made(iam, who)
    keys = account(gateway, parent, Policy=json.dumps(READ))
    url = url_of(gateway, keys)
    assert fetched(gateway, url) == 200
    iam.put_user_policy(UserName=who, PolicyName="no", PolicyDocument=json.dumps(policy(deny("s3:*", "*"))))
    with denied():
        read(gateway, keys)
    assert fetched(gateway, url) == 403
    iam.delete_user_policy(UserName=who, PolicyName="no")
    assert fetched(gateway, url) == 200
    iam.create_group(GroupName=who)
    iam.put_group_policy(GroupName=who, PolicyName="no", PolicyDocument=json.dumps(policy(deny("s3:*", "*"))))
    iam.add_user_to_group(GroupName=who, UserName=who)
    assert fetched(gateway, url) == 403
    iam.remove_user_from_group(GroupName=who, UserName=who)
    assert fetched(gateway, url) == 200
    iam.put_user_permissions_boundary(UserName=who,
                                      PermissionsBoundary="arn:aws:iam::aws:policy/writeonly")
    assert fetched(gateway, url) == 403
    iam.delete_user_permissions_boundary(UserName=who)
    assert fetched(gateway, url) == 200
    iam.delete_user_policy(UserName=who, PolicyName="own")
    assert fetched(gateway, url) == 403


def test_they_go_with_their_parent(gateway, iam, who):
    parent = made(iam, who)
    keys = account(gateway, parent)
    url = url_of(gateway, keys)
    read(gateway, keys)
    # The user's own keys are in the way of its deletion, as in AWS; service accounts are not.
    with refused("DeleteConflict"):
        iam.delete_user(UserName=who)
    iam.delete_access_key(UserName=who, AccessKeyId=parent["access_key"])
    read(gateway, keys)
    iam.delete_user_policy(UserName=who, PolicyName="own")
    iam.delete_user(UserName=who)
    with refused(*GONE):
        read(gateway, keys)
    assert fetched(gateway, url) == 403
    # Another of the same name does not wake them.
    made(iam, who)
    with refused(*GONE):
        read(gateway, keys)


def test_roots(gateway, iam, who):
    keys = account(gateway, ROOT)
    read(gateway, keys)
    limited = account(gateway, ROOT, Policy=json.dumps(READ))
    read(gateway, limited)
    with denied():
        gateway.client(**limited).put_object(Bucket="data", Key="k", Body=b"no")
    # Nobody else's, whatever they may do.
    admin = made(iam, who, allow("*", "*"))
    with refuses("NoSuchEntity"):
        ask(gateway, "DeleteServiceAccount", **admin, AccessKeyId=keys["access_key"])
    # And not root's alone: a bucket whose policy locks everybody out.
    bucket = f"locked-{who}"
    gateway.client().create_bucket(Bucket=bucket)
    gateway.client().put_bucket_policy(Bucket=bucket, Policy=json.dumps(
        policy(deny("s3:*", bucket_arns(bucket), Principal="*"))))
    with denied():
        gateway.client(**keys).delete_bucket_policy(Bucket=bucket)
    gateway.client().delete_bucket_policy(Bucket=bucket)
    for found in (keys, limited):
        ask(gateway, "DeleteServiceAccount", **ROOT, AccessKeyId=found["access_key"])
        with refused(*GONE):
            read(gateway, found)


def test_only_whom_they_could_belong_to_makes_them(gateway, iam, who):
    parent = made(iam, who, allow("sts:AssumeRole", "*"))
    iam.create_role(RoleName=who, AssumeRolePolicyDocument=json.dumps(trust({"AWS": user_arn(who)})))
    iam.put_role_policy(RoleName=who, PolicyName="all", PolicyDocument=json.dumps(policy(allow("*", "*"))))
    sts = gateway.client("sts", **parent)
    session = credentials(sts.assume_role(RoleArn=role_arn(who), RoleSessionName="session")["Credentials"])
    # A role's session is no user, and nobody's identity provider has vouched for it.
    with refuses("ValidationError"):
        account(gateway, session)
    # For a user it may, as its role's policy says.
    read(gateway, account(gateway, session, UserName=who))
    # The first step out of a session policy would be the last: AWS's GetFederationToken and GetSessionToken call no iam.
    for found in (gateway.client("sts").get_federation_token(Name="guest", Policy=json.dumps(policy(allow("*", "*")))),
                  sts.get_session_token()):
        with refuses("InvalidClientTokenId"):
            account(gateway, credentials(found["Credentials"]), UserName=who)


def test_no_way_out_of_a_limit(gateway, iam, who):
    """A policy that leaves iam open is still one: nothing is made that would be free of it."""
    everything = json.dumps(policy(allow("*", "*")))
    parent = made(iam, who, allow("*", "*"))
    iam.create_role(RoleName=who, AssumeRolePolicyDocument=json.dumps(trust({"AWS": user_arn(who)})))
    iam.attach_role_policy(RoleName=who, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    session = gateway.client("sts", **parent).assume_role(
        RoleArn=role_arn(who), RoleSessionName="session", Policy=everything)["Credentials"]
    for keys in (account(gateway, parent, Policy=everything), credentials(session)):
        limited = gateway.client("iam", **keys)
        assert limited.get_user(UserName=who)["User"]["UserName"] == who
        for attempt in (
                lambda: limited.create_access_key(UserName=who), lambda: limited.create_user(UserName=who + "-new"),
                lambda: limited.create_login_profile(UserName=who, Password="a long password 1"),
                lambda: limited.create_virtual_mfa_device(VirtualMFADeviceName=who),
                lambda: limited.put_user_policy(UserName=who, PolicyName="p", PolicyDocument=everything),
                lambda: limited.update_assume_role_policy(
                    RoleName=who, PolicyDocument=json.dumps(trust({"AWS": "*"}))),
                lambda: limited.attach_user_policy(
                    UserName=who, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")):
            with denied():
                attempt()
        with refuses("AccessDenied"):
            account(gateway, keys, UserName=who)
    # Without a limit all of it goes.
    free = gateway.client("iam", **parent)
    free.create_user(UserName=who + "-new")
    free.create_access_key(UserName=who)
    # A service account without a policy: all but credentials of its own user.
    keys = account(gateway, parent)
    gateway.client("iam", **keys).create_access_key(UserName=who + "-new")
    with denied():
        gateway.client("iam", **keys).create_login_profile(UserName=who, Password="a long password 1")
    with refuses("AccessDenied"):
        account(gateway, keys)


def test_expiry_and_age(tmp_path, identity_store):
    """What the clock ends: a service account's own time, and the greatest age of keys in the account."""
    settings = render(identity_store=identity_store("ages"))
    hour = 3600
    with Gateway(settings, folder=tmp_path) as gateway:
        fill(gateway)
        iam = gateway.client("iam")
        parent = made(iam, "ages")
        with refuses("InvalidInput"):
            account(gateway, parent, Expiration="2020-01-01T00:00:00Z")
        brief = account(gateway, parent, Expiration=str(int(time.time()) + hour))
        lasting = account(gateway, parent)
        roots = account(gateway, ROOT)
        for keys in (parent, brief, lasting, roots):
            read(gateway, keys)
        assert ask(gateway, "GetAccountKeyPolicy", **ROOT)["KeyPolicy"] == {"ExpireKeys": "false"}

    def statuses(ahead, change=None):
        with Gateway(settings, folder=tmp_path, **at(ahead)) as gateway:
            when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=ahead)
            if change:
                change(gateway)
            return [fetched(gateway, gateway.endpoint + presign(gateway, "GET", "/data/k", when=when, **keys))
                    for keys in (parent, brief, lasting, roots)]

    assert statuses(2 * hour) == [200, 403, 200, 200]
    assert statuses(25 * hour) == [200, 403, 200, 200]
    assert statuses(25 * hour, lambda gateway: ask(
        gateway, "UpdateAccountKeyPolicy", ahead=25 * hour, **ROOT, MaxKeyAge=1)) == [403, 403, 403, 403]
    # Root's own key has no age, so that somebody is left who can lift the limit.
    assert statuses(23 * hour) == [200, 403, 200, 200]
    assert statuses(25 * hour, lambda gateway: ask(
        gateway, "UpdateAccountKeyPolicy", ahead=25 * hour, **ROOT)) == [200, 403, 200, 200]


# --- sessions

def listed(gateway, keys, seconds=1.0, **filter):
    """The listed session of a key; the index is written within a second."""
    end = time.monotonic() + seconds
    while True:
        asked = time.monotonic()
        for session in ask(gateway, "ListSessions", **ROOT, **filter)["Sessions"]:
            if session["AccessKeyId"] == keys["access_key"]:
                return session
        assert asked < end, f"not listed after {seconds} s"
        time.sleep(0.05)


class World:
    """A user, a role, and sessions of both."""

    def __init__(self, gateway, iam, name):
        self.gateway, self.iam, self.name = gateway, iam, name
        self.parent = made(iam, name, allow("sts:*", "*"), allow("iam:*", "*"))
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust({"AWS": user_arn(name)})))
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(
            policy(*READ["Statement"], allow("sts:AssumeRole", "*"))))
        self.sts = gateway.client("sts", **self.parent)

    def assumed(self, name="session"):
        return credentials(self.sts.assume_role(RoleArn=role_arn(self.name), RoleSessionName=name)["Credentials"])

    def own(self):
        return credentials(self.sts.get_session_token()["Credentials"])


@pytest.fixture
def world(gateway, iam, who):
    return World(gateway, iam, who)


def test_sessions_are_listed(gateway, world):
    assumed, own = world.assumed("nightly"), world.own()
    found = listed(gateway, assumed, RoleName=world.name)
    assert found["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{world.name}/nightly"
    assert found["SessionName"] == "nightly" and found["IsRevoked"] == "false" and found["SourceAddress"]
    assert listed(gateway, own, UserName=world.name)["Arn"] == user_arn(world.name)
    assert {s["AccessKeyId"] for s in ask(gateway, "ListSessions", **ROOT, UserName=world.name)["Sessions"]} == {
        assumed["access_key"], own["access_key"]}
    assert {s["AccessKeyId"] for s in ask(gateway, "ListSessions", **ROOT, RoleName=world.name)["Sessions"]} == {
        assumed["access_key"]}
    first = ask(gateway, "ListSessions", **ROOT, UserName=world.name, MaxItems=1)
    assert first["IsTruncated"] == "true" and len(first["Sessions"]) == 1
    secret = json.dumps(ask(gateway, "ListSessions", **ROOT, UserName=world.name))
    assert assumed["secret_key"] not in secret and assumed["token"] not in secret


@pytest.mark.parametrize("subject", ["SessionAccessKeyId", "UserName", "RoleName", "IssuingAccessKeyId"])
def test_sessions_are_revoked(gateway, world, subject):
    """By session, principal, role or key: at once, presigned URLs and sessions made from them included."""
    assumed, other, own = world.assumed(), world.assumed("other"), world.own()
    chained = credentials(gateway.client("sts", **own).assume_role(
        RoleArn=role_arn(world.name), RoleSessionName="chained")["Credentials"])
    service = account(gateway, world.parent)
    everybody = {"assumed": assumed, "other": other, "own": own, "chained": chained, "service": service,
                 "parent": world.parent}
    urls = {name: url_of(gateway, keys) for name, keys in everybody.items()}
    assert {fetched(gateway, url) for url in urls.values()} == {200}
    value = {"SessionAccessKeyId": assumed["access_key"], "UserName": world.name, "RoleName": world.name,
             "IssuingAccessKeyId": world.parent["access_key"]}[subject]
    ask(gateway, "RevokeSessions", **ROOT, **{subject: value})
    ended = {"SessionAccessKeyId": {"assumed"}, "RoleName": {"assumed", "other", "chained"}}.get(
        subject, {"assumed", "other", "own", "chained"})
    for name, keys in everybody.items():
        if name in ended:
            assert fetched(gateway, urls[name]) in (400, 403), name
            with refused(*REVOKED):
                read(gateway, keys)
            with refused(*REVOKED):
                gateway.client("sts", **keys).get_caller_identity()
        else:
            # Keys are no sessions: they are disabled or deleted.
            assert fetched(gateway, urls[name]) == 200, name
            read(gateway, keys)
    assert listed(gateway, assumed)["IsRevoked"] == "true"
    # New ones live.
    await_next_second()
    read(gateway, world.assumed())


def test_what_was_issued_before(gateway, world):
    early = world.assumed()
    listed_early = listed(gateway, early)
    await_next_second()
    late = world.assumed()
    middle = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0).isoformat()
    assert listed_early["IssueDate"] < middle.replace("+00:00", "Z")
    ask(gateway, "RevokeSessions", **ROOT, RoleName=world.name, IssuedBefore=middle)
    with refused(*REVOKED):
        read(gateway, early)
    read(gateway, late)
    # An earlier time takes nothing back; a later one adds.
    ask(gateway, "RevokeSessions", **ROOT, RoleName=world.name, IssuedBefore="2020-01-01T00:00:00Z")
    with refused(*REVOKED):
        read(gateway, early)
    with refuses("InvalidInput"):
        ask(gateway, "RevokeSessions", **ROOT, RoleName=world.name, IssuedBefore="2090-01-01T00:00:00Z")
    ask(gateway, "RevokeSessions", **ROOT, RoleName=world.name)
    with refused(*REVOKED):
        read(gateway, late)


def test_awss_own_way(gateway, iam, world):
    """Source: IAM User Guide, "Revoke IAM role temporary security credentials"."""
    early = world.assumed()
    read(gateway, early)
    await_next_second()
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    iam.put_role_policy(RoleName=world.name, PolicyName="AWSRevokeOlderSessions", PolicyDocument=json.dumps(
        policy(deny("*", "*", Condition={"DateLessThan": {"aws:TokenIssueTime": now}}))))
    with denied():
        read(gateway, early)
    read(gateway, world.assumed())


def test_who_may_revoke(gateway, iam, world):
    session = world.assumed()
    other = made(iam, world.name + "x")
    for parameters in ({"RoleName": world.name}, {"UserName": world.name},
                       {"SessionAccessKeyId": session["access_key"]}, {"Root": "true"}):
        with refuses("AccessDenied"):
            ask(gateway, "RevokeSessions", **other, **parameters)
    with refuses("AccessDenied"):
        ask(gateway, "ListSessions", **other)
    read(gateway, session)
    roots = credentials(gateway.client("sts").get_session_token()["Credentials"])
    read(gateway, roots)
    ask(gateway, "RevokeSessions", **ROOT, Root="true")
    with refused(*REVOKED):
        read(gateway, roots)


def test_disabling_the_key_ends_its_sessions(gateway, iam, world):
    session = world.assumed()
    url = url_of(gateway, session)
    assert fetched(gateway, url) == 200
    iam.update_access_key(UserName=world.name, AccessKeyId=world.parent["access_key"], Status="Inactive")
    assert fetched(gateway, url) in (400, 403)
    iam.update_access_key(UserName=world.name, AccessKeyId=world.parent["access_key"], Status="Active")
    assert fetched(gateway, url) == 200
    iam.delete_access_key(UserName=world.name, AccessKeyId=world.parent["access_key"])
    assert fetched(gateway, url) in (400, 403)

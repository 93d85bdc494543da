"""Temporary credentials: made by STS, used on S3, ended by what made them."""

import base64
import json
import ssl
import time
import urllib.error
import urllib.request

import pytest

from gateway import Gateway
from identities import (ACCOUNT, access_key, allow, bucket_arns, deny, keys, policy, render, role_arn, secret_key, trust,
                        user, user_arn)
from refusals import denied, refused

DATA = bucket_arns("data")


def config(**changes):
    users = {
        **user("alice", allow("sts:AssumeRole", [role_arn(name) for name in (
            "reader", "writer", "partner", "stranger", "temporary", "no-policy", "tagged")]),
               allow(["sts:TagSession", "sts:SetSourceIdentity"], "*"), allow("s3:GetObject", DATA), keys=2),
        **user("bob", allow("s3:*", DATA), allow("sts:GetFederationToken", "*")),
        **user("carol", allow("sts:AssumeRole", role_arn("reader")), deny("sts:AssumeRole", role_arn("reader"))),
        **user("dave"),
    }
    roles = {
        "reader": {"policies": ["readonly"], "trust_policy": trust({"AWS": user_arn("alice")}),
                   "max_session_duration": "2h"},
        "writer": {"policies": ["readwrite"], "trust_policy": trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})},
        "partner": {"policies": ["readonly"], "trust_policy": trust(
            {"AWS": user_arn("alice")}, {"StringEquals": {"sts:ExternalId": "agreed"}})},
        "stranger": {"policies": ["readonly"], "trust_policy": trust({"AWS": user_arn("bob")})},
        "temporary": {"policies": ["readonly"], "trust_policy": trust({"AWS": user_arn("alice")})},
        "no-policy": {"trust_policy": trust({"AWS": user_arn("alice")})},
        "tagged": {"inline_policies": {"own": policy(
            allow("s3:GetObject", "arn:aws:s3:::data/${aws:PrincipalTag/folder}/*"))},
            "trust_policy": trust({"AWS": user_arn("alice")}, actions=["sts:AssumeRole", "sts:TagSession"])},
    }
    users.update(changes.get("users", {}))
    roles.update(changes.get("roles", {}))
    for name in changes.get("without", []):
        users.pop(name, None)
        roles.pop(name, None)
    return render(identities={"users": users, "roles": roles})


@pytest.fixture(scope="module")
def gateway():
    with Gateway(config()) as running:
        s3 = running.client()
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="k", Body=b"data")
        s3.put_object(Bucket="data", Key="blue/k", Body=b"blue")
        yield running


@pytest.fixture
def changing(gateway):
    """For tests that reload: the settings of all tests come back at the end."""
    yield gateway
    gateway.reload(config())


def session_keys(credentials):
    return {"access_key": credentials["AccessKeyId"], "secret_key": credentials["SecretAccessKey"],
            "token": credentials["SessionToken"]}


def assume(gateway, role, name="alice", **arguments):
    credentials = keys(name) if isinstance(name, str) else name
    sts = gateway.client("sts", parameter_validation=False, **credentials)
    return sts.assume_role(RoleArn=role_arn(role), RoleSessionName="session", **arguments)


def assumed(gateway, role, name="alice", **arguments):
    """Keys of a session of `role`."""
    return session_keys(assume(gateway, role, name, **arguments)["Credentials"])


def read(gateway, credentials, key="k"):
    return gateway.client(**credentials).get_object(Bucket="data", Key=key)["Body"].read()


# --- AssumeRole

def test_assume_role(gateway):
    before = time.time()
    answer = assume(gateway, "reader")
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/session"
    assert answer["AssumedRoleUser"]["AssumedRoleId"].endswith(":session")
    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA")
    assert 3590 < answer["Credentials"]["Expiration"].timestamp() - before < 3610
    session = session_keys(answer["Credentials"])
    assert read(gateway, session) == b"data"
    with denied():
        gateway.client(**session).put_object(Bucket="data", Key="k", Body=b"")
    identity = gateway.client("sts", **session).get_caller_identity()
    assert identity["Arn"] == answer["AssumedRoleUser"]["Arn"] and identity["Account"] == ACCOUNT
    # alice herself has GetObject only, and the role's rights never become hers.
    with denied():
        gateway.client(**keys("alice")).get_bucket_location(Bucket="data")
    gateway.client(**session).get_bucket_location(Bucket="data")


def test_assume_role_by_aws(gateway, tmp_path):
    answer = json.loads(gateway.aws("sts", "assume-role", "--role-arn", role_arn("writer"), "--role-session-name", "cli",
                                    "--output", "json", check=False, **keys("alice")).stdout)
    session = session_keys(answer["Credentials"])
    source = tmp_path / "source"
    source.write_text("by a session")
    gateway.aws("s3", "cp", str(source), "s3://data/by-session", **session)
    assert gateway.aws("s3", "cp", "s3://data/by-session", "-", **session).stdout == "by a session"
    gateway.aws("s3", "rm", "s3://data/by-session", **session)
    assert "assumed-role/writer/cli" in gateway.aws("sts", "get-caller-identity", **session).stdout


@pytest.mark.parametrize("role, arguments", [
    ("stranger", {}), ("partner", {}), ("partner", {"ExternalId": "another"}), ("missing", {}),
])
def test_trust_refuses(gateway, role, arguments):
    with denied():
        assume(gateway, role, **arguments)


def test_trust_condition(gateway):
    assert read(gateway, assumed(gateway, "partner", ExternalId="agreed")) == b"data"


def test_who_may_assume(gateway):
    for name in ("bob", "carol", "dave"):
        with denied():
            assume(gateway, "reader", name)
    # The account is trusted, so the caller's own policy decides: alice's says yes, bob's does not.
    assert read(gateway, assumed(gateway, "writer")) == b"data"
    with denied():
        assume(gateway, "writer", "bob")
    with refused("AccessDenied", status=403):
        gateway.client("sts").assume_role(RoleArn=role_arn("writer"), RoleSessionName="root")


def test_role_without_policies(gateway):
    with denied():
        read(gateway, assumed(gateway, "no-policy"))


@pytest.mark.parametrize("seconds, codes", [
    (899, ("ValidationError",)), (43201, ("ValidationError",)), (7201, ("ValidationError",)), (0, ("ValidationError",)),
])
def test_duration_limits(gateway, seconds, codes):
    with refused(*codes, status=400):
        assume(gateway, "reader", DurationSeconds=seconds)


def test_durations(gateway):
    for seconds in (900, 7200):
        before = time.time()
        expires = assume(gateway, "reader", DurationSeconds=seconds)["Credentials"]["Expiration"].timestamp()
        assert abs(expires - before - seconds) < 5


@pytest.mark.parametrize("arguments", [
    {"RoleSessionName": "x"}, {"RoleSessionName": "with space"}, {"RoleSessionName": "y" * 65}, {"RoleArn": "nothing"},
    {"ExternalId": "x"}, {"Policy": "x" * 2049},
])
def test_parameters_are_checked(gateway, arguments):
    sts = gateway.client("sts", parameter_validation=False, **keys("alice"))
    valid = {"RoleArn": role_arn("reader"), "RoleSessionName": "session"}
    sts.assume_role(**valid)
    with refused("ValidationError", status=400):
        sts.assume_role(**{**valid, **arguments})


def test_malformed_session_policies(gateway):
    for document in ('{"Version":"2012-10-17"', '{"Version":"2012-10-17","Statement":[{"Effect":"Maybe"}]}',
                     json.dumps(policy({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}))):
        with refused("MalformedPolicyDocument", status=400):
            assume(gateway, "reader", Policy=document)


def test_session_policies(gateway):
    only_blue = json.dumps(policy(allow("s3:*", ["arn:aws:s3:::data/blue/*"])))
    session = assumed(gateway, "writer", Policy=only_blue)
    assert read(gateway, session, "blue/k") == b"blue"
    gateway.client(**session).put_object(Bucket="data", Key="blue/new", Body=b"")
    for action in [lambda s3: s3.get_object(Bucket="data", Key="k"), lambda s3: s3.list_objects_v2(Bucket="data"),
                   lambda s3: s3.put_object(Bucket="data", Key="new", Body=b"")]:
        with denied():
            action(gateway.client(**session))
    # It restricts and never adds.
    session = assumed(gateway, "reader", Policy=json.dumps(policy(allow("s3:*", "*"))))
    assert read(gateway, session) == b"data"
    with denied():
        gateway.client(**session).put_object(Bucket="data", Key="blue/new", Body=b"")
    # One that allows nothing denies all.
    for empty in (policy(), policy(deny("s3:DeleteObject", "*"))):
        with denied():
            read(gateway, assumed(gateway, "writer", Policy=json.dumps(empty)))
    # By ARN, and both must allow with the role's.
    session = assumed(gateway, "writer", PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}])
    assert read(gateway, session) == b"data"
    with denied():
        gateway.client(**session).put_object(Bucket="data", Key="new", Body=b"")


def test_empty_policy_parameter(gateway):
    """`Policy=` sent, and empty: not the same as none."""
    sts = gateway.client("sts", parameter_validation=False, **keys("alice"))
    with refused("ValidationError", "MalformedPolicyDocument", status=400):
        sts.assume_role(RoleArn=role_arn("writer"), RoleSessionName="session", Policy="")


def test_session_tags(gateway):
    with denied():
        read(gateway, assumed(gateway, "tagged"), "blue/k")
    session = assumed(gateway, "tagged", Tags=[{"Key": "folder", "Value": "blue"}])
    assert read(gateway, session, "blue/k") == b"blue"
    with denied():
        read(gateway, session)
    with denied():  # reader's trust policy does not let alice tag
        assume(gateway, "reader", Tags=[{"Key": "folder", "Value": "blue"}])


# --- the other actions

def test_caller_identity(gateway):
    for credentials, arn in [({}, f"arn:aws:iam::{ACCOUNT}:root"), (keys("alice"), user_arn("alice"))]:
        identity = gateway.client("sts", **credentials).get_caller_identity()
        assert identity["Arn"] == arn and identity["Account"] == ACCOUNT and identity["UserId"]
    # It needs no permission, but a good signature.
    assert gateway.client("sts", **keys("dave")).get_caller_identity()["Arn"] == user_arn("dave")
    with refused("SignatureDoesNotMatch", status=403):
        gateway.client("sts", access_key=access_key("dave"), secret_key=secret_key("bob")).get_caller_identity()
    with refused("InvalidClientTokenId", status=403):
        gateway.client("sts", access_key="AKIAUNKNOWNUNKNOWN00", secret_key="x" * 40).get_caller_identity()


def test_session_token(gateway):
    sts = gateway.client("sts", parameter_validation=False, **keys("bob"))
    session = session_keys(sts.get_session_token(DurationSeconds=900)["Credentials"])
    assert read(gateway, session) == b"data"
    gateway.client(**session).put_object(Bucket="data", Key="blue/new", Body=b"")
    with refused("AccessDenied", status=403):
        gateway.client("sts", **session).get_session_token()
    with refused("ValidationError", status=400):
        sts.get_session_token(DurationSeconds=899)
    with refused("ValidationError", status=400):
        sts.get_session_token(DurationSeconds=129601)


def test_federation_token(gateway):
    sts = gateway.client("sts", **keys("bob"))
    document = json.dumps(policy(allow("s3:GetObject", "*")))
    answer = sts.get_federation_token(Name="guest", Policy=document)
    assert answer["FederatedUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:federated-user/guest"
    session = session_keys(answer["Credentials"])
    assert read(gateway, session) == b"data"
    with denied():
        gateway.client(**session).put_object(Bucket="data", Key="k", Body=b"")
    with denied():  # without a policy a federated user can do nothing by bob's
        read(gateway, session_keys(sts.get_federation_token(Name="guest")["Credentials"]))
    with denied():
        gateway.client("sts", **keys("dave")).get_federation_token(Name="guest", Policy=document)


def test_access_key_info(gateway):
    sts = gateway.client("sts")
    assert sts.get_access_key_info(AccessKeyId=access_key("alice"))["Account"] == ACCOUNT
    with denied():
        gateway.client("sts", **keys("dave")).get_access_key_info(AccessKeyId=access_key("alice"))


# --- tokens

def test_tokens_that_do_not_count(gateway):
    session, other = assumed(gateway, "reader"), assumed(gateway, "reader")
    assert read(gateway, session) == b"data" and read(gateway, other) == b"data"
    token = session["token"]
    middle = len(token) // 2
    flipped = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1:]
    for changes, codes in [
        ({"token": other["token"]}, ("InvalidToken",)),
        ({"token": flipped}, ("InvalidToken",)),
        ({"token": token[:-8]}, ("InvalidToken",)),
        ({"token": token + "AAAA"}, ("InvalidToken",)),
        ({"token": base64.b64encode(b"x" * 300).decode()}, ("InvalidToken",)),
        ({"token": "x"}, ("InvalidToken",)),
        ({"token": None}, ("InvalidAccessKeyId",)),
        ({"access_key": other["access_key"]}, ("InvalidToken",)),
        ({"secret_key": other["secret_key"]}, ("SignatureDoesNotMatch",)),
        # Beside a long-lived key.
        (keys("bob"), ("InvalidToken",)),
    ]:
        with refused(*codes) as error:
            read(gateway, {**session, **changes})
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)
    with refused("InvalidClientTokenId", status=403):
        gateway.client("sts", **{**session, "token": flipped}).get_caller_identity()
    # No way to be two people, whatever the service and whether the token is any good.
    for service, call in [("sts", "get_caller_identity"), ("iam", "list_users")]:
        for beside in (token, flipped, "x"):
            with refused("InvalidToken", status=400):
                getattr(gateway.client(service, **keys("bob"), token=beside), call)()
    assert gateway.client("sts", **keys("bob")).get_caller_identity()["Arn"] == user_arn("bob")


def test_wrong_secret_of_a_session_does_not_show_its_token(gateway):
    session = assumed(gateway, "reader")
    with refused("SignatureDoesNotMatch") as error:
        read(gateway, {**session, "secret_key": "x" * 40})
    answer = error.value.response["Error"]
    assert "x-amz-security-token:<redacted>" in answer["CanonicalRequest"]
    assert session["token"] not in json.dumps(answer)


def test_presigned_by_a_session(gateway):
    session = assumed(gateway, "reader")
    context = ssl.create_default_context(cafile=gateway.ca)
    presign = lambda **keys: gateway.client(signature_version="s3v4", **keys).generate_presigned_url(
        "get_object", Params={"Bucket": "data", "Key": "k"}, ExpiresIn=60)
    url = presign(**session)
    assert urllib.request.urlopen(url, context=context).read() == b"data"
    other = assumed(gateway, "reader")
    for bad in (presign(**{**session, "token": other["token"]}), url.replace("Security-Token=", "Security-Token=A"),
                presign(**assumed(gateway, "no-policy"))):
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(bad, context=context)
        assert error.value.code in (400, 403)


def test_sessions_of_sessions(gateway):
    """A session of a role may do what the role may: reader has no sts:AssumeRole."""
    with denied():
        assume(gateway, "writer", assumed(gateway, "reader"))


def test_sts_answers_sts(gateway):
    """The service is the one in the credential scope; what it does not know is refused in its own document."""
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials

    def post(body, service="sts", name="alice"):
        request = botocore.awsrequest.AWSRequest("POST", gateway.endpoint + "/", data=body, headers={
            "Content-Type": "application/x-www-form-urlencoded"})
        botocore.auth.SigV4Auth(botocore.credentials.Credentials(access_key(name), secret_key(name)), service,
                                "us-east-1").add_auth(request)
        request = urllib.request.Request(gateway.endpoint + "/", data=body.encode(), headers=dict(request.headers.items()))
        try:
            answer = urllib.request.urlopen(request, context=ssl.create_default_context(cafile=gateway.ca))
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, answer.read().decode()
    status, body = post("Action=GetCallerIdentity&Version=2011-06-15")
    assert status == 200 and f"<Arn>{user_arn('alice')}</Arn>" in body
    for body, code in [("Action=NoSuch&Version=2011-06-15", "InvalidAction"), ("Version=2011-06-15", "MissingAction"),
                       ("Action=GetCallerIdentity&Version=2010-01-01", "InvalidAction"),
                       ("Action=DecodeAuthorizationMessage&Version=2011-06-15", "InvalidAction")]:
        status, answer = post(body)
        assert status == 400 and f"<Code>{code}</Code>" in answer and "<ErrorResponse" in answer, answer
    # Signed for another service.
    status, answer = post("Action=GetCallerIdentity&Version=2011-06-15", service="s3")
    assert status == 405 and "<Code>MethodNotAllowed</Code>" in answer


# --- the end of sessions

def test_a_removed_role_ends_its_sessions(changing):
    session, kept = assumed(changing, "temporary"), assumed(changing, "reader")
    assert read(changing, session) == b"data"
    url = changing.client(signature_version="s3v4", **session).generate_presigned_url(
        "get_object", Params={"Bucket": "data", "Key": "k"})
    context = ssl.create_default_context(cafile=changing.ca)
    assert urllib.request.urlopen(url, context=context).read() == b"data"
    changing.reload(config(without=["temporary"]))
    with refused("InvalidToken"):
        read(changing, session)
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(url, context=context)
    assert read(changing, kept) == b"data"


def test_an_inactive_key_ends_its_sessions(changing):
    by_first = session_keys(changing.client("sts", **keys("alice")).get_session_token()["Credentials"])
    by_second = session_keys(changing.client("sts", **keys("alice", 2)).get_session_token()["Credentials"])
    role = assumed(changing, "reader")
    for session in (by_first, by_second, role):
        assert read(changing, session) == b"data"
    alice = user("alice", allow("s3:GetObject", DATA), keys=2)
    alice["alice"]["access_keys"][0]["status"] = "inactive"
    changing.reload(config(users=alice))
    with refused("InvalidAccessKeyId"):
        read(changing, keys("alice"))
    with refused("InvalidToken"):
        read(changing, by_first)
    with refused("InvalidToken"):  # made with the key that is no longer good
        read(changing, role)
    assert read(changing, by_second) == b"data"
    assert read(changing, keys("alice", 2)) == b"data"


def test_a_removed_user_ends_sessions(changing):
    session = session_keys(changing.client("sts", **keys("bob")).get_session_token()["Credentials"])
    assert read(changing, session) == b"data"
    changing.reload(config(without=["bob"]))
    with refused("InvalidToken"):
        read(changing, session)
    with refused("InvalidAccessKeyId"):
        read(changing, keys("bob"))


def test_changed_policies_count_at_once(changing):
    session = assumed(changing, "reader")
    with denied():
        changing.client(**session).put_object(Bucket="data", Key="blue/new", Body=b"")
    role = {"policies": ["readwrite"], "trust_policy": trust({"AWS": user_arn("alice")}), "max_session_duration": "2h"}
    changing.reload(config(roles={"reader": role}))
    changing.client(**session).put_object(Bucket="data", Key="blue/new", Body=b"")


def test_settings_that_are_wrong_change_nothing(changing):
    session = assumed(changing, "reader")
    changing.reload(config() + "\nunknown_key: 1\n", expect="settings stay as they were")
    assert read(changing, session) == b"data"


def test_sessions_outlive_a_restart(tmp_path):
    with Gateway(config(), folder=tmp_path) as first:
        first.client().create_bucket(Bucket="data")
        first.client().put_object(Bucket="data", Key="k", Body=b"data")
        session = assumed(first, "reader")
    with Gateway(config(), folder=tmp_path) as second:
        assert read(second, session) == b"data"
        (tmp_path / "data" / "keyring.json").unlink()
    # Another ring: nothing that the old one sealed opens.
    with Gateway(config(), folder=tmp_path) as third:
        with refused("InvalidToken"):
            read(third, session)
        assert read(third, assumed(third, "reader")) == b"data"

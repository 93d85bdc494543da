"""IAM's actions by boto3 on a running gateway: what is made takes effect on the next request, and survives a restart."""

import base64
import csv
import hashlib
import hmac
import io
import json
import ssl
import struct
import time
import urllib.error
import urllib.parse
import urllib.request

import PIL.Image
import botocore
import botocore.exceptions
import botocore.session
import pytest
import zxingcpp

from gateway import Gateway
from identities import ACCOUNT, allow, bucket_arns, deny, policy, render, role_arn, trust, user, user_arn
from refusals import denied, refused

READ = json.dumps(policy(allow("s3:GetObject", bucket_arns("data")[1])))


@pytest.fixture(scope="module")
def gateway(identity_store):
    with Gateway(render(identity_store=identity_store("shared"),
                        identities={"users": user("declared", allow("s3:*", "*"))})) as running:
        s3 = running.client()
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="k", Body=b"data")
        yield running


@pytest.fixture
def iam(gateway):
    return gateway.client("iam")


def fetched(gateway, url):
    try:
        with urllib.request.urlopen(url, context=ssl.create_default_context(cafile=gateway.ca), timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def name(request):
    return request.node.originalname[:40]


def made(gateway, iam, user_name, document=READ):
    """A user with a key, and an S3 client that has it."""
    iam.create_user(UserName=user_name)
    if document:
        iam.put_user_policy(UserName=user_name, PolicyName="own", PolicyDocument=document)
    key = iam.create_access_key(UserName=user_name)["AccessKey"]
    return key, gateway.client(access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])


def test_a_user_lives_and_dies(gateway, iam, request):
    user_name = name(request)
    created = iam.create_user(UserName=user_name, Path="/team/", Tags=[{"Key": "k", "Value": "v"}])["User"]
    assert created["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/team/{user_name}"
    assert created["UserId"].startswith("AIDA")
    with refused("EntityAlreadyExists", status=409):
        iam.create_user(UserName=user_name.upper())
    key = iam.create_access_key(UserName=user_name)["AccessKey"]
    s3 = gateway.client(access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
    with denied():
        s3.get_object(Bucket="data", Key="k")
    iam.put_user_policy(UserName=user_name, PolicyName="read", PolicyDocument=READ)
    assert s3.get_object(Bucket="data", Key="k")["Body"].read() == b"data"
    assert iam.get_user_policy(UserName=user_name, PolicyName="read")["PolicyDocument"] == json.loads(READ)
    iam.update_access_key(UserName=user_name, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    with refused("InvalidAccessKeyId", "AccessDenied", "403"):
        s3.get_object(Bucket="data", Key="k")
    iam.update_access_key(UserName=user_name, AccessKeyId=key["AccessKeyId"], Status="Active")
    s3.get_object(Bucket="data", Key="k")
    with refused("DeleteConflict", status=409):
        iam.delete_user(UserName=user_name)
    iam.delete_access_key(UserName=user_name, AccessKeyId=key["AccessKeyId"])
    with refused("InvalidAccessKeyId", status=403):
        s3.get_object(Bucket="data", Key="k")
    iam.delete_user_policy(UserName=user_name, PolicyName="read")
    iam.delete_user(UserName=user_name)
    with refused("NoSuchEntity", status=404):
        iam.get_user(UserName=user_name)


def test_groups_and_managed_policies(gateway, iam, request):
    who = name(request)
    _, s3 = made(gateway, iam, who, document=None)
    iam.create_group(GroupName=who)
    arn = iam.create_policy(PolicyName=who, PolicyDocument=READ)["Policy"]["Arn"]
    iam.attach_group_policy(GroupName=who, PolicyArn=arn)
    with denied():
        s3.get_object(Bucket="data", Key="k")
    iam.add_user_to_group(GroupName=who, UserName=who)
    s3.get_object(Bucket="data", Key="k")
    # A new version denies, and back again.
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(policy(deny("s3:*", "*"))), SetAsDefault=True)
    with denied():
        s3.get_object(Bucket="data", Key="k")
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    s3.get_object(Bucket="data", Key="k")
    entities = iam.list_entities_for_policy(PolicyArn=arn)
    assert [g["GroupName"] for g in entities["PolicyGroups"]] == [who]
    assert [v["VersionId"] for v in iam.list_policy_versions(PolicyArn=arn)["Versions"]] == ["v2", "v1"]
    with refused("DeleteConflict"):
        iam.delete_policy(PolicyArn=arn)
    assert [g["GroupName"] for g in iam.list_groups_for_user(UserName=who)["Groups"]] == [who]
    iam.remove_user_from_group(GroupName=who, UserName=who)
    with denied():
        s3.get_object(Bucket="data", Key="k")


def test_roles_and_sessions_end_with_them(gateway, iam, request):
    who = name(request)
    key, _ = made(gateway, iam, who, json.dumps(policy(allow("sts:AssumeRole", "*"))))
    iam.create_role(RoleName=who, AssumeRolePolicyDocument=json.dumps(trust({"AWS": user_arn(who)})),
                    MaxSessionDuration=7200)
    iam.put_role_policy(RoleName=who, PolicyName="read", PolicyDocument=READ)
    sts = gateway.client("sts", access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])

    def session():
        found = sts.assume_role(RoleArn=role_arn(who), RoleSessionName="session", DurationSeconds=7200)["Credentials"]
        return gateway.client(access_key=found["AccessKeyId"], secret_key=found["SecretAccessKey"],
                              token=found["SessionToken"], signature_version="s3v4")

    s3 = session()
    s3.get_object(Bucket="data", Key="k")
    url = s3.generate_presigned_url("get_object", {"Bucket": "data", "Key": "k"})
    assert fetched(gateway, url) == 200
    iam.delete_role_policy(RoleName=who, PolicyName="read")
    with denied():
        s3.get_object(Bucket="data", Key="k")
    iam.delete_role(RoleName=who)
    with refused("InvalidToken", "ExpiredToken", "AccessDenied", "403"):
        s3.get_object(Bucket="data", Key="k")
    # Made anew under the same name, it revives nothing.
    iam.create_role(RoleName=who, AssumeRolePolicyDocument=json.dumps(trust({"AWS": user_arn(who)})),
                    MaxSessionDuration=7200)
    iam.put_role_policy(RoleName=who, PolicyName="read", PolicyDocument=READ)
    session().get_object(Bucket="data", Key="k")
    with refused("InvalidToken", "ExpiredToken", "AccessDenied", "403"):
        s3.get_object(Bucket="data", Key="k")
    assert fetched(gateway, url) in (400, 403)


def test_boundaries_and_delegation(gateway, iam, request):
    who = name(request)
    boundary = iam.create_policy(PolicyName=who + "-b", PolicyDocument=json.dumps(
        policy(allow("s3:*", "*"))))["Policy"]["Arn"]
    admin, _ = made(gateway, iam, who, json.dumps(policy(
        allow(["iam:CreateUser", "iam:PutUserPolicy"], f"arn:aws:iam::{ACCOUNT}:user/*",
              Condition={"StringEquals": {"iam:PermissionsBoundary": boundary}}),
        allow("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/{who}-child"))))
    delegate = gateway.client("iam", access_key=admin["AccessKeyId"], secret_key=admin["SecretAccessKey"])
    with denied():
        delegate.create_user(UserName=who + "-child")
    delegate.create_user(UserName=who + "-child", PermissionsBoundary=boundary)
    delegate.put_user_policy(UserName=who + "-child", PolicyName="all", PolicyDocument=json.dumps(policy(allow("*", "*"))))
    key = delegate.create_access_key(UserName=who + "-child")["AccessKey"]
    child = {"access_key": key["AccessKeyId"], "secret_key": key["SecretAccessKey"]}
    gateway.client(**child).get_object(Bucket="data", Key="k")
    with denied():
        gateway.client("iam", **child).list_users()
    # Nobody else's keys, and never root's.
    with denied():
        delegate.create_access_key(UserName="declared")
    with denied():
        delegate.list_users()


def test_declared_identities_are_read_only(iam):
    assert iam.get_user(UserName="declared")["User"]["UserName"] == "declared"
    with refused("UnmodifiableEntity", "AccessDenied", "InvalidInput"):
        iam.delete_user(UserName="declared")
    with refused("UnmodifiableEntity", "AccessDenied", "InvalidInput"):
        iam.put_user_policy(UserName="declared", PolicyName="p", PolicyDocument=READ)


def test_self_service(gateway, iam, request):
    who = name(request)
    own = policy(allow(["iam:GetUser", "iam:CreateAccessKey", "iam:ListAccessKeys", "iam:DeleteAccessKey"],
                       f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"))
    key, _ = made(gateway, iam, who, json.dumps(own))
    mine = gateway.client("iam", access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
    assert mine.get_user()["User"]["UserName"] == who
    second = mine.create_access_key()["AccessKey"]
    assert len(mine.list_access_keys()["AccessKeyMetadata"]) == 2
    with refused("LimitExceeded", status=409):
        mine.create_access_key()
    mine.delete_access_key(AccessKeyId=second["AccessKeyId"])
    with denied():
        mine.get_user(UserName="declared")


def code(seed, step):
    digest = hmac.new(base64.b32decode(seed), struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def test_second_factor(gateway, iam, request):
    who = name(request)
    document = json.dumps(policy(allow("s3:GetObject", bucket_arns("data")[1], Condition={
        "Bool": {"aws:MultiFactorAuthPresent": "true"}})))
    key, s3 = made(gateway, iam, who, document)
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=who)["VirtualMFADevice"]
    seed = device["Base32StringSeed"]
    # What an authenticator reads from the picture.
    shown, = zxingcpp.read_barcodes(PIL.Image.open(io.BytesIO(device["QRCodePNG"])))
    assert shown.format == zxingcpp.BarcodeFormat.QRCode
    uri = urllib.parse.urlsplit(shown.text)
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert urllib.parse.unquote(uri.path) == f"/Martlet:{who}@{ACCOUNT}"
    assert urllib.parse.parse_qs(uri.query) == {"secret": [seed.decode()], "issuer": ["Martlet"]}
    step = int(time.time()) // 30
    iam.enable_mfa_device(UserName=who, SerialNumber=device["SerialNumber"], AuthenticationCode1=code(seed, step - 1),
                          AuthenticationCode2=code(seed, step))
    with denied():
        s3.get_object(Bucket="data", Key="k")
    sts = gateway.client("sts", access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
    # Used already.
    with refused("AccessDenied"):
        sts.get_session_token(SerialNumber=device["SerialNumber"], TokenCode=code(seed, step))
    found = sts.get_session_token(SerialNumber=device["SerialNumber"], TokenCode=code(seed, step + 1))["Credentials"]
    session = gateway.client(access_key=found["AccessKeyId"], secret_key=found["SecretAccessKey"],
                             token=found["SessionToken"])
    session.get_object(Bucket="data", Key="k")
    with refused("AccessDenied"):
        sts.get_session_token(SerialNumber=device["SerialNumber"], TokenCode=code(seed, step + 1))
    assert len(iam.list_mfa_devices(UserName=who)["MFADevices"]) == 1
    iam.deactivate_mfa_device(UserName=who, SerialNumber=device["SerialNumber"])
    iam.delete_virtual_mfa_device(SerialNumber=device["SerialNumber"])


def test_pages_reports_and_summary(iam):
    for index in range(12):
        iam.create_user(UserName=f"page-{index:02}", Path="/pages/")
    names = []
    for page in iam.get_paginator("list_users").paginate(PathPrefix="/pages/", PaginationConfig={"PageSize": 5}):
        assert len(page["Users"]) <= 5
        names += [u["UserName"] for u in page["Users"]]
    assert names == [f"page-{index:02}" for index in range(12)]
    with refused("ValidationError", "InvalidInput"):
        iam.list_users(Marker="no such marker")
    iam.generate_credential_report()
    report = list(csv.DictReader(io.StringIO(iam.get_credential_report()["Content"].decode())))
    assert report[0]["user"] == "<root_account>" and {"page-03"} <= {row["user"] for row in report}
    assert iam.get_account_summary()["SummaryMap"]["Users"] >= 12
    details = iam.get_account_authorization_details(Filter=["User"])
    assert details["UserDetailList"]
    answer = iam.simulate_custom_policy(PolicyInputList=[READ], ActionNames=["s3:GetObject", "s3:PutObject"],
                                        ResourceArns=["arn:aws:s3:::data/k"])
    assert [r["EvalDecision"] for r in answer["EvaluationResults"]] == ["allowed", "implicitDeny"]


def test_account_wide_settings(iam, request):
    iam.create_account_alias(AccountAlias="our-store")
    assert iam.list_account_aliases()["AccountAliases"] == ["our-store"]
    iam.update_account_password_policy(MinimumPasswordLength=12, RequireNumbers=True)
    assert iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] == 12
    who = name(request)
    iam.create_user(UserName=who)
    with refused("PasswordPolicyViolation", status=400):
        iam.create_login_profile(UserName=who, Password="short1")
    iam.create_login_profile(UserName=who, Password="long-enough-1")
    assert iam.get_login_profile(UserName=who)["LoginProfile"]["UserName"] == who
    url = "https://idp.example.com/realm"
    arn = iam.create_open_id_connect_provider(Url=url, ClientIDList=["gateway"],
                                              ThumbprintList=["0" * 40])["OpenIDConnectProviderArn"]
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["gateway"]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    iam.delete_account_password_policy()
    iam.delete_account_alias(AccountAlias="our-store")


def test_what_is_not_there(iam):
    with refused("NotImplemented", status=501):
        iam.list_saml_providers()
    with refused("NoSuchEntity", status=404):
        iam.list_access_keys(UserName="nobody")
    with refused("MalformedPolicyDocument", status=400):
        iam.create_policy(PolicyName="bad", PolicyDocument='{"Version":"2012-10-17","Statement":{"Effect":"Maybe"}}')
    with refused("ValidationError", status=400):
        iam.create_user(UserName="a b")


def test_everything_survives_a_restart(identity_store):
    settings = identity_store("lasting")
    with Gateway(render(identity_store=settings)) as gateway:
        gateway.client().create_bucket(Bucket="data")
        gateway.client().put_object(Bucket="data", Key="k", Body=b"data")
        key, s3 = made(gateway, gateway.client("iam"), "lasting")
        s3.get_object(Bucket="data", Key="k")
        gateway.stop()
        gateway.start()
        again = gateway.client(access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
        again.get_object(Bucket="data", Key="k")
        # The secret stands nowhere in the clear.
        for file in gateway.data.rglob("*"):
            if file.is_file():
                assert key["SecretAccessKey"].encode() not in file.read_bytes(), file
        if settings["type"] == "sqlite":
            assert (gateway.data / "identity.db").stat().st_mode & 0o777 == 0o600


def test_the_command_line_of_aws(gateway):
    done = gateway.aws("iam", "create-user", "--user-name", "cli-user")
    assert json.loads(done.stdout)["User"]["UserName"] == "cli-user"
    done = gateway.aws("iam", "list-users", "--query", "Users[].UserName", "--output", "json")
    assert "cli-user" in json.loads(done.stdout)


MODEL = botocore.session.get_session().get_service_model("iam", api_version="2010-05-08")
ODD = ["", "\u0000", "a" * 3000, "\U0001f600", "../..", "arn:aws:iam::000000000000:user/x", "-1", "9" * 30, "<&>", "%00"]


def value(shape, text, depth=0):
    if shape.type_name == "list":
        return [value(shape.member, text, depth + 1)]
    if shape.type_name == "structure":
        return {} if depth > 3 else {name: value(member, text, depth + 1) for name, member in shape.members.items()}
    return text


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_every_action_answers_bad_input(gateway, text):
    """Whatever stands in its parameters: AWS's errors, understood by botocore, never a failure of ours."""
    iam = gateway.client("iam", parameter_validation=False)
    for operation in MODEL.operation_names:
        shape = MODEL.operation_model(operation).input_shape
        parameters = value(shape, text) if shape else {}
        method = getattr(iam, botocore.xform_name(operation))
        try:
            answer = method(**parameters)
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
        except botocore.exceptions.ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            code = error.response["Error"]["Code"]
            assert status < 500 or code == "NotImplemented", (operation, error.response)
            assert code and code != str(status), (operation, error.response)
        except (ValueError, TypeError, botocore.exceptions.ParamValidationError):
            # botocore itself cannot send it.
            pass


def test_every_action_is_known(gateway):
    served, missing = [], []
    iam = gateway.client("iam", parameter_validation=False)
    for operation in MODEL.operation_names:
        try:
            getattr(iam, botocore.xform_name(operation))()
            served.append(operation)
        except botocore.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            assert code != "InvalidAction", operation
            (missing if code == "NotImplemented" else served).append(operation)
    print(f"iam: {len(served)} actions served, {len(missing)} not implemented")
    assert {"CreateUser", "SimulatePrincipalPolicy", "EnableMFADevice", "GetCredentialReport"} <= set(served)
    assert {"CreateSAMLProvider", "CreateServiceLinkedRole"} <= set(missing)

"""OpenID Connect providers made through IAM, as on AWS: their tokens are taken for roles that trust them."""

import time

import pytest
from botocore.exceptions import ClientError

from gateway import Gateway
from identities import ACCOUNT, render, role_arn, trust
from issuer import Issuer
from own_actions import credentials
from refusals import denied, refused
from test_federated_policies import Refusal, trade


@pytest.fixture(scope="module")
def issuer():
    with Issuer() as running:
        yield running


@pytest.fixture
def gateway(issuer):
    roles = {"web": {"policies": ["readonly"], "trust_policy": trust(
        {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.host}"},
        {"StringEquals": {f"{issuer.host}:sub": "alice"}}, "sts:AssumeRoleWithWebIdentity")}}
    # Such a provider has no authorities of its own: the system's count.
    with Gateway(render(identities={"roles": roles}), environment={"SSL_CERT_FILE": issuer.ca}) as running:
        s3 = running.client()
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="k", Body=b"data")
        yield running


def login(gateway, token):
    return trade(gateway, token, RoleArn=role_arn("web"), RoleSessionName="session")


def reads(gateway, found):
    return gateway.client(**credentials(found)).get_object(Bucket="data", Key="k")["Body"].read() == b"data"


def test_a_provider_lives_and_dies(gateway, issuer):
    token = issuer.token()
    # Nobody is known: nobody may even ask.
    with pytest.raises(Refusal):
        login(gateway, token)
    iam = gateway.client("iam")
    create = dict(Url=issuer.url, ClientIDList=["gateway"], ThumbprintList=["0" * 40])
    arn = iam.create_open_id_connect_provider(**create)["OpenIDConnectProviderArn"]
    found = login(gateway, token)
    assert found["Provider"] == issuer.url and found["SubjectFromWebIdentityToken"] == "alice"
    assert reads(gateway, found)
    with denied():
        gateway.client(**credentials(found)).put_object(Bucket="data", Key="k", Body=b"no")

    for bad, code in [(issuer.token(key="rogue"), "InvalidIdentityToken"), (issuer.token(claims={"exp": "-120"}), "ExpiredToken"),
                      (issuer.token(claims={"sub": "bob"}), "AccessDenied"),
                      (issuer.token(claims={"aud": "other"}), "IDPRejectedClaim"),
                      (issuer.token(claims={"iss": issuer.url + "/"}), "InvalidIdentityToken"),
                      (issuer.token(claims={"iss": "https://elsewhere.test"}), "InvalidIdentityToken")]:
        with pytest.raises(Refusal, match=code):
            login(gateway, bad)
    # Roles alone: no policy is mapped to such a provider's people, and no request takes its tokens.
    with pytest.raises(Refusal, match="AccessDenied"):
        trade(gateway, token)

    # Audiences count as they are now.
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="other")
    login(gateway, issuer.token(claims={"aud": "other"}))
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="gateway")
    with pytest.raises(Refusal, match="IDPRejectedClaim"):
        login(gateway, token)
    assert reads(gateway, found)

    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    with pytest.raises(Refusal):
        login(gateway, token)
    with refused("InvalidToken", "AccessDenied", "InvalidClientTokenId"):
        reads(gateway, found)
    # Another one of the same name has not vouched for the old session.
    iam.create_open_id_connect_provider(**create)
    assert reads(gateway, login(gateway, token))
    with refused("InvalidToken", "AccessDenied", "InvalidClientTokenId"):
        reads(gateway, found)


def test_a_provider_that_cannot_be_asked(gateway):
    iam = gateway.client("iam")
    # Link-local: where clouds tell their machines' secrets.
    for url in ("https://169.254.169.254", "https://localhost:9"):
        iam.create_open_id_connect_provider(Url=url, ClientIDList=["gateway"], ThumbprintList=["0" * 40])
        start = time.monotonic()
        with Issuer() as other:
            with pytest.raises(Refusal, match="IDPCommunicationError"):
                login(gateway, other.token(claims={"iss": url}))
        assert time.monotonic() - start < 15
    with pytest.raises(ClientError, match="InvalidInput"):
        iam.create_open_id_connect_provider(Url="http://localhost", ClientIDList=["gateway"])

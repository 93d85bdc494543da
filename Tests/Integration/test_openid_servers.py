"""Where documents of providers come from: servers as those of Kubernetes are, and addresses that nobody may ask."""

import pytest

import test_web_identity as web
from gateway import Gateway
from identities import ACCOUNT, render, role_arn, trust
from issuer import Issuer
from refusals import refused

SUBJECT = "system:serviceaccount:jobs:backup"


@pytest.fixture(scope="module")
def issuer():
    with Issuer() as running:
        yield running


def config(issuer, **changes):
    federated = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.host}"}
    account = {"StringEquals": {f"{issuer.host}:sub": SUBJECT}}
    return render(
        identities={"roles": {"backup": {"policies": ["readonly"], "trust_policy": trust(federated, account, web.ACTION)}}},
        openid={"cluster": {"issuer": issuer.url, "audiences": ["object-storage"], "ca_file": issuer.ca, **changes}})


def projected(issuer, name="backup", audiences=("https://kubernetes.default.svc", "object-storage")):
    return issuer.token(drop=["azp", "groups", "policy"], claims={
        "aud": list(audiences), "sub": f"system:serviceaccount:jobs:{name}", "kubernetes.io": {
            "namespace": "jobs", "pod": {"name": "backup-0", "uid": "1"}, "serviceaccount": {"name": name, "uid": "2"}}})


def assume(gateway, token):
    return web.sts(gateway).assume_role_with_web_identity(
        RoleArn=role_arn("backup"), RoleSessionName="pod", WebIdentityToken=token)


def test_projected_tokens(issuer, tmp_path):
    for path in ("/.well-known/openid-configuration", "/jwks"):
        issuer.ask("/behave", path=path, bearer="cluster-token")
    file = tmp_path / "token"
    file.write_text("cluster-token\n")
    with Gateway(config(issuer, bearer_token_file=str(file))) as gateway:
        assert assume(gateway, projected(issuer))["SubjectFromWebIdentityToken"] == SUBJECT
        with refused("AccessDenied"):
            assume(gateway, projected(issuer, "other"))
        with refused("IDPRejectedClaim"):
            assume(gateway, projected(issuer, audiences=["https://kubernetes.default.svc"]))
    with Gateway(config(issuer)) as gateway:
        with refused("IDPCommunicationError"):
            assume(gateway, projected(issuer))


def test_link_local_addresses_are_not_asked(issuer):
    """Where clouds keep credentials of their own: refused by address, so before anything is connected to."""
    for host in ("169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]"):
        other = config(issuer).replace(issuer.url, f"https://{host}")
        with Gateway(other) as gateway:
            line = gateway.await_log("keys cannot be fetched")
            assert "the server's address is not allowed" in line, line
    # A loopback address where nobody listens is asked, and the fault is another.
    with Gateway(config(issuer).replace(issuer.url, "https://127.0.0.1:1")) as gateway:
        assert "not allowed" not in gateway.await_log("keys cannot be fetched")

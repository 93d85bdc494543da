"""A real OpenID provider (glewlwyd): its tokens, by every kind of signature, its rotations and its end."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pytest

from gateway import BINARY, Gateway
from identities import ACCOUNT, allow, policy, render, role_arn, trust
from own_actions import credentials
from refusals import denied
from test_bearer import bearer
from test_federated_policies import Refusal, trade

RIGS = pathlib.Path(__file__).resolve().parents[1] / "Rigs"
CLIENTS = ["gateway", "gateway-es", "gateway-ed", "gateway-ps", "spa"]

pytestmark = pytest.mark.skipif(not shutil.which("glewlwyd"), reason="no glewlwyd")


class Provider:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="martlet-openid."))

    def __enter__(self):
        done = subprocess.run([RIGS / "openid.sh", "start", self.folder], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        self.exports = dict(re.findall(r"export (\w+)='(.*)'", done.stdout))
        self.issuer, self.ca = self.exports["OPENID_ISSUER"], self.exports["OPENID_CA"]
        return self

    def __exit__(self, *_):
        subprocess.run([RIGS / "openid.sh", "stop", self.folder], check=True, capture_output=True, timeout=60)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, *arguments):
        done = subprocess.run([sys.executable, RIGS / "openid.py", *arguments], env=dict(os.environ, **self.exports),
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def token(self, user, client="gateway"):
        return self.ask("code", user, client)["id_token"]

    def kill(self):
        os.kill(int(self.exports["OPENID_PID"]), signal.SIGKILL)


@pytest.fixture(scope="module")
def provider():
    with Provider() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(provider):
    with Gateway(config(provider)) as running:
        s3 = running.client()
        s3.create_bucket(Bucket="data")
        for key in ("k", "home/alice/k", "home/bob/k"):
            s3.put_object(Bucket="data", Key=key, Body=b"data")
        yield running


def config(provider):
    host = provider.issuer.removeprefix("https://")
    home = policy(allow("s3:*", "arn:aws:s3:::data/home/${jwt:preferred_username}/*"))
    roles = {"writer": {"policies": ["readwrite"], "trust_policy": trust(
        {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}"},
        {"ForAnyValue:StringEquals": {"jwt:groups": "writers"}}, "sts:AssumeRoleWithWebIdentity")}}
    return render(identities={"policies": {"home": home}, "roles": roles}, openid={"glewlwyd": {
        "issuer": provider.issuer, "audiences": CLIENTS, "ca_file": provider.ca, "bearer": True,
        "policies": [{"claim": "groups", "value": "engineers", "policies": ["home"]}], "policy_claim": "policy"}})


def reads(s3, key="k"):
    return s3.get_object(Bucket="data", Key=key)["Body"].read() == b"data"


@pytest.mark.parametrize("client", CLIENTS)
def test_every_signature(gateway, provider, client):
    s3 = gateway.client(**credentials(trade(gateway, provider.token("bob", client))))
    assert reads(s3)
    with denied():
        s3.put_object(Bucket="data", Key="k", Body=b"no")


def test_claims(gateway, provider):
    alice = gateway.client(**credentials(trade(gateway, provider.token("alice"))))
    alice.put_object(Bucket="data", Key="home/alice/k", Body=b"data")
    with pytest.raises(Refusal, match="AccessDenied"):
        trade(gateway, provider.token("erin"))
    role = dict(RoleArn=role_arn("writer"), RoleSessionName="session")
    carol = gateway.client(**credentials(trade(gateway, provider.token("carol"), **role)))
    carol.put_object(Bucket="data", Key="k", Body=b"data")
    with pytest.raises(Refusal, match="AccessDenied"):
        trade(gateway, provider.token("bob"), **role)
    # Disabled people get no token in the first place.
    with pytest.raises(AssertionError):
        provider.token("frank")
    assert reads(bearer(gateway, provider.token("bob")))


def test_martlet_login_by_device(gateway, provider, tmp_path):
    """On a machine without a browser: a code is shown, and somebody confirms it elsewhere."""
    command = [str(BINARY), "login", "--oidc", "--device", "--issuer", provider.issuer, "--client-id", "spa", "--scope",
               "openid", "--scope", "s3", "--issuer-ca-file", provider.ca, "--endpoint-url", gateway.endpoint,
               "--ca-file", str(gateway.ca)]
    process = subprocess.Popen(command, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        shown = ""
        while not (address := re.search(r"https://localhost\S+code=\S+", shown)):
            line = process.stderr.readline()
            assert line, shown
            shown += line
        assert process.poll() is None
        assert provider.ask("device", "bob", "spa", address.group(0))
        output, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    s3 = gateway.client(**credentials(json.loads(output)))
    assert reads(s3)
    with denied():
        s3.put_object(Bucket="data", Key="k", Body=b"no")


def becomes_good(gateway, token):
    # Keys that nobody knows are asked for so often and no more.
    end = time.monotonic() + 60
    while True:
        try:
            return trade(gateway, token)
        except Refusal:
            assert time.monotonic() < end
            time.sleep(1)


def test_rotation_and_outage(gateway, provider):
    old = provider.token("bob")
    trade(gateway, old)
    provider.ask("rotate")
    becomes_good(gateway, provider.token("bob"))
    trade(gateway, old)
    provider.ask("rotate", "--drop-old")
    new = provider.token("bob")
    becomes_good(gateway, new)
    with pytest.raises(Refusal, match="InvalidIdentityToken"):
        trade(gateway, old)
    provider.kill()
    s3 = gateway.client(**credentials(trade(gateway, new)))
    assert reads(s3)
    with pytest.raises(Refusal, match="InvalidIdentityToken|IDPCommunicationError"):
        trade(gateway, old)

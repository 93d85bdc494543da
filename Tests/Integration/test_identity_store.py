"""Identities that are managed while the gateway runs: kept through crashes, and the same on every node."""

import json
import pathlib
import shutil
import signal
import tempfile
import threading
import time
import urllib.request

import boto3
import botocore.exceptions
import pytest

from etcd import Etcd
from gateway import ROOT_ACCESS_KEY, ROOT_SECRET_KEY, Gateway

ALLOW = json.dumps({"Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]})


def client(gateway, service, key=(ROOT_ACCESS_KEY, ROOT_SECRET_KEY)):
    return boto3.client(service, endpoint_url=gateway.endpoint, region_name="us-east-1", verify=False,
                        aws_access_key_id=key[0], aws_secret_access_key=key[1],
                        config=boto3.session.Config(retries={"total_max_attempts": 1}, read_timeout=20))


def make_user(gateway, name):
    """A user who may list buckets, and a key."""
    iam = client(gateway, "iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="list", PolicyDocument=ALLOW)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def answer(gateway, key):
    try:
        client(gateway, "s3", key).list_buckets()
        return "ok"
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


def becomes(gateway, key, expected, seconds=1.0):
    """How long it took, which must be less than the promised second (and what the request itself takes)."""
    start = time.monotonic()
    while True:
        asked = time.monotonic()
        found = answer(gateway, key)
        if found == expected:
            return asked - start
        assert asked - start < seconds, f"{found} instead of {expected} after {seconds} s"
        time.sleep(0.02)


def get(gateway, path):
    with urllib.request.urlopen(gateway.operations + path, timeout=10) as response:
        return response.read().decode()


@pytest.fixture
def folder():
    path = pathlib.Path(tempfile.mkdtemp(prefix="martlet-identities."))
    yield path
    shutil.rmtree(path, ignore_errors=True)


def test_what_was_acknowledged_survives_a_kill(folder):
    gateway = Gateway(folder=folder)
    gateway.start()
    made, running = {}, True

    def edit():
        index = 0
        while running:
            index += 1
            try:
                made[f"user{index}"] = make_user(gateway, f"user{index}")
            except Exception:  # killed meanwhile
                return

    thread = threading.Thread(target=edit)
    try:
        thread.start()
        end = time.monotonic() + 30
        while len(made) < 15 and time.monotonic() < end:
            time.sleep(0.02)
        gateway.process.send_signal(signal.SIGKILL)
        gateway.process.wait()
        running = False
        thread.join()
        assert len(made) >= 15
        assert (gateway.data / "identity.db").stat().st_mode & 0o777 == 0o600
        gateway.start()
        for name, key in made.items():
            assert answer(gateway, key) == "ok", name
        name, key = next(iter(made.items()))
        client(gateway, "iam").delete_access_key(UserName=name, AccessKeyId=key[0])
        assert answer(gateway, key) == "InvalidAccessKeyId"
        assert "martlet_identity_store_up{store=\"sqlite\"} 1" in get(gateway, "/metrics")
    finally:
        running = False
        gateway.kill()


@pytest.fixture(params=[{"RIG_TLS": "0"}, {"RIG_TLS": "1", "RIG_ETCD_AUTH": "1"}], ids=["plain", "tls-and-users"])
def etcd(request):
    if shutil.which("etcd") is None:
        pytest.skip("no etcd")
    cluster = Etcd(RIG_ETCD_NODES="3", **request.param)
    yield cluster
    cluster.close()


def test_three_nodes(etcd, folder):
    settings = json.dumps({"identity_store": etcd.settings(), "sts": {"key_ring_file": str(folder / "ring.json")}})
    nodes = []
    try:
        for index in range(3):
            (folder / f"node{index}").mkdir()
            node = Gateway(settings, folder=folder / f"node{index}")
            node.start()
            nodes.append(node)
        alice = make_user(nodes[0], "alice")
        assert answer(nodes[0], alice) == "ok"
        for node in nodes[1:]:
            becomes(node, alice, "ok")
        session = client(nodes[1], "sts", alice).get_session_token()["Credentials"]
        assert session["AccessKeyId"].startswith("ASIA")

        # A key that is disabled on one node is refused on all.
        client(nodes[1], "iam").update_access_key(UserName="alice", AccessKeyId=alice[0], Status="Inactive")
        assert answer(nodes[1], alice) != "ok"
        for node in (nodes[0], nodes[2]):
            becomes(node, alice, answer(nodes[1], alice))

        # Two nodes edit, a member of etcd and then a gateway go: nothing that was acknowledged is lost.
        made, stop = {}, threading.Event()

        def edit(node, name):
            index = 0
            while not stop.is_set():
                index += 1
                try:
                    made[f"{name}{index}"] = make_user(node, f"{name}{index}")
                except Exception:  # the store changes leader, or the gateway was killed
                    time.sleep(0.05)

        threads = [threading.Thread(target=edit, args=(nodes[0], "zero")),
                   threading.Thread(target=edit, args=(nodes[2], "two"))]
        for thread in threads:
            thread.start()
        time.sleep(1.5)
        etcd.kill(0)
        time.sleep(3)
        nodes[2].process.send_signal(signal.SIGKILL)
        time.sleep(1)
        stop.set()
        for thread in threads:
            thread.join()
        assert any(name.startswith("zero") for name in made) and any(name.startswith("two") for name in made)
        for name, key in made.items():
            becomes(nodes[1], key, "ok", seconds=5)
            assert answer(nodes[0], key) == "ok", name
        last = list(made.items())[-1]
        client(nodes[0], "iam").delete_access_key(UserName=last[0], AccessKeyId=last[1][0])
        becomes(nodes[1], last[1], "InvalidAccessKeyId")
        assert answer(nodes[1], alice) != "ok"

        # Without a majority nothing can be changed; what is known stays in force, and the node says so.
        etcd.kill(1)
        known = next(iter(made.values()))
        end = time.monotonic() + 20
        while "degraded" not in get(nodes[1], "/healthz/ready"):
            assert time.monotonic() < end, "still not degraded"
            time.sleep(0.2)
        assert "martlet_identity_store_up{store=\"etcd\"} 0" in get(nodes[1], "/metrics")
        assert answer(nodes[1], known) == "ok"
        with pytest.raises(botocore.exceptions.ClientError):
            client(nodes[1], "iam").create_user(UserName="nobody")
        for node in nodes[:2]:
            assert not any(key[1] in line for key in made.values() for line in node.log), "a secret in the log"
    finally:
        for node in nodes:
            node.kill()

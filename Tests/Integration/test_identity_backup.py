"""Backups of identities, moves between stores, and rotation of the keys that seal them, beside running gateways."""

import json
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import threading
import time

import pytest

from etcd import Etcd
from gateway import BINARY, Gateway
from identities import render
from test_identity_store import answer, becomes, client, make_user


@pytest.fixture
def folder():
    path = pathlib.Path(tempfile.mkdtemp(prefix="martlet-backup."))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def etcd():
    cluster = Etcd(ETCD_NODES="1")
    yield cluster
    cluster.close()


def node(folder, config=None, ring=None):
    """A gateway that is not started, with the key ring of another."""
    gateway = Gateway(config, folder=folder)
    gateway.folder.mkdir()
    if ring is not None:
        gateway.data.mkdir()
        shutil.copy(ring.data / "keyring.json", gateway.data / "keyring.json")
    return gateway


def run(gateway, *arguments, check=True, environment=None):
    """A command over a gateway's settings and data, without asking the gateway."""
    command = [str(BINARY), *arguments, "--data", str(gateway.data)]
    if gateway.config is not None:
        path = gateway.folder / "martlet.yaml"
        path.write_text(gateway.config)
        command += ["--config", str(path)]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MARTLET_")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**kept, **(environment or {})})
    assert not check or done.returncode == 0, done.stderr
    return done


def keys(gateway):
    """Id to state and count of records."""
    lines = [line.split("\t") for line in run(gateway, "keys", "list").stdout.splitlines()[1:]]
    return {key: (state, int(records)) for key, state, _, records in lines}


def test_moves_from_sqlite_to_etcd_and_back(folder, etcd):
    backup = folder / "identities.jsonl"
    with node(folder / "one") as first:
        alice, bob = make_user(first, "alice"), make_user(first, "bob")
        iam = client(first, "iam")
        iam.create_group(GroupName="team")
        iam.add_user_to_group(GroupName="team", UserName="alice")
        iam.create_login_profile(UserName="alice", Password="Correct-horse-9")
        run(first, "identity", "export", str(backup))
        assert stat.S_IMODE(backup.stat().st_mode) == 0o600
        text = backup.read_text()
        assert alice[1] not in text and "Correct-horse" not in text
        # Never over a file that is there.
        assert run(first, "identity", "export", str(backup), check=False).returncode == 1
        assert backup.read_text() == text
        assert run(first, "identity", "export", "-").stdout.count("\n") >= text.count("\n")
    second = node(folder / "two", render(identity_store=etcd.settings()), ring=first)
    with second:
        assert answer(second, alice) == "InvalidAccessKeyId"
        dry = run(second, "identity", "import", "--dry-run", str(backup)).stderr
        assert "would be" in dry and answer(second, alice) == "InvalidAccessKeyId"
        run(second, "identity", "import", str(backup))
        # The running gateway has heard of it.
        becomes(second, alice, "ok", seconds=3)
        assert answer(second, bob) == "ok"
        groups = client(second, "iam").list_groups_for_user(UserName="alice")["Groups"]
        assert [group["GroupName"] for group in groups] == ["team"]
        # Nothing twice without a word, and the same again changes nothing.
        refused = run(second, "identity", "import", str(backup), check=False)
        assert refused.returncode == 1 and "--replace" in refused.stderr
        assert " 0 changed, 0 removed" in run(second, "identity", "import", "--merge", str(backup)).stderr
        # What was made since goes when the backup replaces it; what was removed comes back.
        carol = make_user(second, "carol")
        client(second, "iam").delete_access_key(UserName="bob", AccessKeyId=bob[0])
        assert answer(second, bob) == "InvalidAccessKeyId"
        run(second, "identity", "import", "--replace", str(backup))
        becomes(second, carol, "InvalidAccessKeyId", seconds=3)
        becomes(second, bob, "ok", seconds=3)
        back = folder / "back.jsonl"
        run(second, "identity", "export", str(back))
    third = node(folder / "three", ring=first)
    run(third, "identity", "import", str(back))
    with third:
        assert answer(third, alice) == "ok" and answer(third, carol) == "InvalidAccessKeyId"


def test_refuses_files_that_are_not_whole(folder):
    backup = folder / "identities.jsonl"
    with node(folder / "one") as first:
        make_user(first, "alice")
        run(first, "identity", "export", str(backup))
    lines = backup.read_text().splitlines(keepends=True)
    empty = node(folder / "two", ring=first)
    user = next(index for index, line in enumerate(lines) if '"key":"user/alice"' in line)
    edits = {
        "cut": "".join(lines[:-1]), "half a line": "".join(lines)[:-20], "empty": "",
        "without a record": "".join(lines[:user] + lines[user + 1:]),
        "edited": "".join(lines).replace("s3:ListAllMyBuckets", "s3:*"),
        "appended": "".join(lines) + lines[user],
    }
    for name, text in edits.items():
        assert text != "".join(lines), name
        bad = folder / "bad.jsonl"
        bad.write_text(text)
        refused = run(empty, "identity", "import", str(bad), check=False)
        assert refused.returncode == 1 and refused.stderr, name
    # With another key ring the secrets would not open.
    stranger = node(folder / "three")
    with stranger:
        pass
    refused = run(stranger, "identity", "import", str(backup), check=False)
    assert refused.returncode == 1 and "key ring" in refused.stderr
    # And the file as it is does.
    run(empty, "identity", "import", str(backup))


def test_rotation_loses_nothing(folder):
    with Gateway(folder=folder) as gateway:
        users = [make_user(gateway, f"user{number}") for number in range(5)]
        session = client(gateway, "sts", users[0]).get_session_token()["Credentials"]
        s3 = gateway.client(access_key=session["AccessKeyId"], secret_key=session["SecretAccessKey"],
                            token=session["SessionToken"])
        s3.list_buckets()
        [(old, before)] = keys(gateway).items()
        assert before == ("seals", 5)
        failed, running = [], True

        def work():
            while running:
                for user in users:
                    if (code := answer(gateway, user)) != "ok":
                        failed.append(code)

        worker = threading.Thread(target=work)
        worker.start()
        try:
            new = run(gateway, "keys", "rotate").stdout.strip()
            refused = run(gateway, "keys", "remove", new, check=False)
            assert refused.returncode == 1 and "seals" in refused.stderr
            end = time.monotonic() + 40
            while keys(gateway) != {old: ("opens", 0), new: ("seals", 5)}:
                assert time.monotonic() < end, (keys(gateway), gateway.log[-5:])
                time.sleep(0.2)
        finally:
            running = False
            worker.join()
        assert not failed
        # Sessions under the old key still live, so it stays, but for those who insist.
        s3.list_buckets()
        refused = run(gateway, "keys", "remove", old, check=False)
        assert refused.returncode == 1 and "sessions" in refused.stderr
        run(gateway, "keys", "remove", "--force", old)
        end = time.monotonic() + 20
        while True:
            try:
                s3.list_buckets()
            except s3.exceptions.ClientError as error:
                assert error.response["Error"]["Code"] in ("InvalidToken", "ExpiredToken", "InvalidAccessKeyId")
                break
            assert time.monotonic() < end
            time.sleep(0.1)
        assert all(answer(gateway, user) == "ok" for user in users)
    # The secrets open after a restart, without the old key.
    with Gateway(folder=folder) as gateway:
        assert all(answer(gateway, user) == "ok" for user in users)


def test_a_prepared_key_seals_when_it_is_activated(folder):
    with Gateway(folder=folder) as gateway:
        make_user(gateway, "alice")
        [old] = keys(gateway)
        new = run(gateway, "keys", "rotate", "--prepare").stdout.strip()
        assert keys(gateway)[old][0] == "seals" and keys(gateway)[new][0] == "opens"
        assert run(gateway, "keys", "rotate", "--activate", new).stdout.strip() == new
        assert keys(gateway)[old][0] == "opens" and keys(gateway)[new][0] == "seals"
        assert run(gateway, "keys", "rotate", "--activate", "nobody", check=False).returncode == 1
        assert run(gateway, "keys", "remove", "nobody", check=False).returncode == 1
        # A record still needs the old one until it is sealed anew; no force gives it up.
        if keys(gateway)[old][1]:
            refused = run(gateway, "keys", "remove", "--force", old, check=False)
            assert refused.returncode == 1 and "records" in refused.stderr or not keys(gateway).get(old, ("", 0))[1]
        ring = json.loads((gateway.data / "keyring.json").read_text())
        assert stat.S_IMODE((gateway.data / "keyring.json").stat().st_mode) == 0o600
        assert {key["id"] for key in ring["keys"]} >= {new}

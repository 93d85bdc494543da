"""Bundles as they reach the running gateway: empty ones, half copied ones, archives with roots and signatures."""

import base64
import hashlib
import hmac
import io
import json
import os
import subprocess
import tarfile
import time

import pytest

from gateway import BINARY, Gateway
from test_rego import MODULE, NO_DENIAL, alice, code, gateway, write

RELOAD = {"MARTLET_TLS_RELOAD_INTERVAL": "1s"}
DENY_PUT = MODULE + 'deny contains "no" if input.action == "s3:PutObject"\n'
SECRET = "a shared secret of at least thirty-two bytes"
USER = """
identities:
  users:
    alice:
      access_keys: [{id: AKIAEXAMPLEALICE0001, secret: alice-secret-key-0123456789-abcdefghij}]
      policies: [readwrite]
"""


def run(*command):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MARTLET_")}
    return subprocess.run([BINARY, *command], capture_output=True, text=True, env=environment)


def becomes(s3, expected, server):
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if code(s3.put_object, Bucket="data", Key="a", Body=b"x") == expected:
            return
        time.sleep(0.2)
    raise AssertionError(f"still not {expected}\n" + "\n".join(server.log[-10:]))


# MARK: Bundles without rules

@pytest.mark.parametrize("mode,module,message", [
    ("restrict", "package martlet.autz\n\ndeny contains 1\n", "package `martlet.authz`; the bundle has `martlet.autz`"),
    ("restrict", MODULE + "allow := true\n", "no rule `deny` or `obligations`"),
    ("restrict", MODULE + "deny(x) := x\n", "no rule `deny` or `obligations`"),
    ("grant", MODULE + "helper := 1\n", "no rule `allow` or `deny` or `obligations`"),
    ("decide", DENY_PUT, "no rule `allow`"),
    ("restrict", None, "the bundle has no packages"),
])
def test_does_not_start_with_a_bundle_that_does_nothing(tmp_path, mode, module, message):
    folder = tmp_path / "bundle"
    write(folder, **({"m": module} if module else {}))
    settings = tmp_path / "martlet.yaml"
    settings.write_text(f"data: {tmp_path}/data\nauthorization: {{rego: {mode}, policies: {folder}}}\n")
    with pytest.raises(RuntimeError) as error:
        with Gateway(settings.read_text()):
            pass
    assert message in str(error.value)
    check = run("check", "--config", settings)
    assert check.returncode == 1 and message in check.stderr, check
    if module:
        assert run("policy", "check", folder).returncode == 0
        check = run("policy", "check", folder, "--mode", mode)
        assert check.returncode == 1 and message in check.stderr, check


@pytest.mark.parametrize("mode,module", [
    ("restrict", DENY_PUT), ("restrict", MODULE + "obligations := {}\n"), ("grant", DENY_PUT),
    ("grant", MODULE + "allow := true\n"), ("decide", MODULE + "default allow := false\n"),
])
def test_a_bundle_that_does_something_is_good(tmp_path, mode, module):
    folder = tmp_path / "bundle"
    write(folder, m=module)
    settings = tmp_path / "martlet.yaml"
    settings.write_text(f"data: {tmp_path}/data\nauthorization: {{rego: {mode}, policies: {folder}}}\n")
    check = run("check", "--config", settings)
    assert check.returncode == 0, check
    check = run("policy", "check", folder, "--mode", mode)
    assert check.returncode == 0, check


def test_a_bundle_that_loses_its_rules_is_refused_once(tmp_path):
    with gateway(tmp_path, 'deny contains "no" if input.action == "s3:PutObject"\n', environment=RELOAD) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        write(tmp_path / "bundle", authz="package martlet.other\n\ndeny contains 1\n")
        server.await_log("no rule `deny` or `obligations` in package `martlet.authz`")
        time.sleep(2.5)
        assert sum("no rule `deny`" in line for line in server.log) == 1
        assert code(s3.put_object, Bucket="data", Key="a", Body=b"x") == "AccessDenied"
        write(tmp_path / "bundle", authz=MODULE + NO_DENIAL)
        becomes(s3, "allowed", server)


def test_a_bundle_is_not_taken_while_it_is_being_copied(tmp_path):
    """Halfway it compiles and denies nothing any more; it is taken when nothing has changed for a while."""
    denial = 'deny contains "no" if input.action == "s3:PutObject"\n'
    with gateway(tmp_path, denial, environment=RELOAD) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        folder = tmp_path / "bundle"
        end = time.monotonic() + 4
        write(folder, authz=MODULE + NO_DENIAL)
        number = 0
        while time.monotonic() < end:
            number += 1
            (folder / "copying.rego").write_text(f"package copying\n\nx := {number}\n")
            assert code(s3.put_object, Bucket="data", Key="a", Body=b"x") == "AccessDenied"
            time.sleep(0.1)
        write(folder, rest=DENY_PUT)
        server.await_log("policy bundle reloaded")
        assert code(s3.put_object, Bucket="data", Key="a", Body=b"x") == "AccessDenied"
        (folder / "rest.rego").unlink()
        becomes(s3, "allowed", server)


# MARK: Archives

def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def signature(files, scope="write"):
    claims = {"files": [{"name": name, "algorithm": "SHA-256", "hash": hashlib.sha256(text).hexdigest()}
                        for name, text in files.items()], "keyid": "deploy", "scope": scope}
    text = encoded(b'{"alg":"HS256","kid":"deploy"}') + b"." + encoded(json.dumps(claims).encode())
    token = text + b"." + encoded(hmac.new(SECRET.encode(), text, hashlib.sha256).digest())
    return json.dumps({"signatures": [token.decode()]}).encode()


def archive(path, files, signed=False, tampered=None, in_place=False):
    """Files by name; digests of JSON documents would be of their canonical form, so signed ones hold modules only."""
    files = {name: text.encode() for name, text in files.items()}
    whole = dict(files)
    if signed:
        whole[".signatures.json"] = signature(files)
    whole |= {name: text.encode() for name, text in (tampered or {}).items()}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, data in whole.items():
            info = tarfile.TarInfo("/" + name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    if in_place:
        path.write_bytes(buffer.getvalue())
    else:
        temporary = path.with_suffix(".new")
        temporary.write_bytes(buffer.getvalue())
        os.rename(temporary, path)


def archives(*paths, keys=None):
    settings = f"authorization:\n  policies: [{', '.join(map(str, paths))}]\n"
    if keys:
        settings += ("  bundle_scope: write\n  bundle_keys:\n"
                     f"    - {{id: deploy, algorithm: HS256, key_file: {keys}}}\n")
    return Gateway(settings + USER, environment=RELOAD)


MANIFEST = json.dumps({"revision": "r1", "roots": ["martlet/authz", "frozen"]})


def test_archives_are_loaded_and_replaced(tmp_path):
    path = tmp_path / "bundle.tar.gz"
    frozen = MODULE + 'deny contains "frozen" if input.bucket in data.frozen\n'
    archive(path, {".manifest": MANIFEST, "authz.rego": frozen, "frozen/data.json": '["data"]'})
    with archives(path) as server:
        s3 = alice(server)
        server.client("s3")
        assert code(s3.create_bucket, Bucket="data") == "AccessDenied"
        assert code(s3.create_bucket, Bucket="other") == "allowed"
        archive(path, {".manifest": MANIFEST, "authz.rego": frozen, "frozen/data.json": "[]"})
        server.await_log("policy bundle reloaded")
        assert code(s3.create_bucket, Bucket="data") == "allowed"
        # What is no bundle, or owns other places, is refused, and the one before stays.
        before = len(server.log)
        archive(path, {".manifest": MANIFEST, "authz.rego": frozen, "elsewhere/data.json": "[]"})
        server.await_log("roots do not allow", before)
        before = len(server.log)
        archive(path, {".manifest": MANIFEST, "authz.rego": DENY_PUT, "more.rego": "package martlet.more\n"})
        server.await_log("roots do not allow", before)
        before = len(server.log)
        path.write_bytes(path.read_bytes()[:-20])
        server.await_log("bundle stays as it was", before)
        assert code(s3.put_object, Bucket="data", Key="a", Body=b"x") == "allowed"
        archive(path, {".manifest": MANIFEST, "authz.rego": DENY_PUT}, in_place=True)
        becomes(s3, "AccessDenied", server)


def test_several_archives_keep_to_their_roots(tmp_path):
    one, two = tmp_path / "one.tar.gz", tmp_path / "two.tar.gz"
    archive(one, {".manifest": '{"roots": ["martlet"]}',
                  "authz.rego": MODULE + 'deny contains "frozen" if input.bucket in data.frozen\n'})
    archive(two, {".manifest": '{"roots": ["frozen"]}', "frozen/data.json": '["data"]'})
    with archives(one, two) as server:
        assert code(alice(server).create_bucket, Bucket="data") == "AccessDenied"
        assert code(alice(server).create_bucket, Bucket="other") == "allowed"
    archive(two, {".manifest": '{"roots": ["martlet/authz"]}'})
    with pytest.raises(RuntimeError) as error:
        with archives(one, two):
            pass
    assert "belongs to" in str(error.value)


def test_signed_archives(tmp_path):
    path, key = tmp_path / "bundle.tar.gz", tmp_path / "key"
    key.write_text(SECRET)
    key.chmod(0o600)
    archive(path, {"authz.rego": DENY_PUT}, signed=True)
    with archives(path, keys=key) as server:
        s3 = alice(server)
        s3.create_bucket(Bucket="data")
        assert code(s3.put_object, Bucket="data", Key="a", Body=b"x") == "AccessDenied"
        for change in [
            {"tampered": {"authz.rego": MODULE + NO_DENIAL}}, {"tampered": {"more.rego": "package more\n"}},
            {"signed": False},
        ]:
            before = len(server.log)
            archive(path, {"authz.rego": MODULE + NO_DENIAL if "signed" in change else DENY_PUT},
                    **({"signed": True} | change))
            server.await_log("signature refused", before)
            assert code(s3.put_object, Bucket="data", Key="a", Body=b"x") == "AccessDenied"
        archive(path, {"authz.rego": MODULE + NO_DENIAL}, signed=True)
        becomes(s3, "allowed", server)
    # A signature without a key to verify it is refused too, and so is a start with what is tampered with.
    with pytest.raises(RuntimeError) as error:
        with archives(path):
            pass
    assert "signature refused" in str(error.value)
    archive(path, {"authz.rego": DENY_PUT}, signed=True, tampered={"authz.rego": MODULE + NO_DENIAL})
    with pytest.raises(RuntimeError):
        with archives(path, keys=key):
            pass

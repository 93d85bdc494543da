"""What operators see: probes, metrics, audit lines, `martlet check`, settings, files on disk."""

import json
import os
import pathlib
import re
import shutil
import socket
import stat
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import pytest

from gateway import BINARY, Gateway, ROOT_ACCESS_KEY, ROOT_SECRET_KEY
from identities import allow, bucket_arns, deny, keys, policy, render, role_arn, secret_key, trust, user, user_arn
from refusals import denied, refused
from wire import Wire, exchange, head


def probe(gateway, path):
    try:
        with urllib.request.urlopen(gateway.operations + path, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


# --- probes and metrics

def test_health(gateway):
    for path in ("/healthz/live", "/healthz/ready", "/minio/health/live", "/minio/health/ready", "/minio/health/cluster"):
        assert probe(gateway, path)[0] == 200, path
    for path in ("/", "/healthz", "/healthz/nothing", "/minio/health", "/debug"):
        assert probe(gateway, path)[0] == 404, path
    request = urllib.request.Request(gateway.operations + "/healthz/live", method="POST", data=b"x")
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request, timeout=10)
    assert error.value.code == 405


def samples(gateway):
    """Prometheus text, parsed strictly: every sample has a TYPE, every line is well formed."""
    status, text = probe(gateway, "/metrics")
    assert status == 200 and text.endswith("\n")
    types, found = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types and kind in ("counter", "gauge", "histogram"), line
            types[name] = kind
        elif line.startswith("# HELP "):
            continue
        else:
            match = re.fullmatch(r'([a-zA-Z_:][\w:]*)((?:\{(?:\w+="(?:[^"\\]|\\.)*",?)*\})?) (\S+)', line)
            assert match, line
            name, labels, value = match.groups()
            assert name in types or re.sub("_(bucket|sum|count)$", "", name) in types, line
            assert (name, labels) not in found, line
            found[name, labels] = float(value)
    return types, found


def total(found, name, *labels):
    return sum(value for (n, l), value in found.items() if n == name and all(label in l for label in labels))


def test_metrics(gateway, bucket):
    types, before = samples(gateway)
    name = next(n for n, kind in types.items() if kind == "counter" and "request" in n and n.endswith("requests_total"))
    s3 = gateway.client()
    for _ in range(3):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 1000)
    with refused("SignatureDoesNotMatch"):
        gateway.client(secret_key="x" * 40).list_buckets()
    _, after = samples(gateway)
    assert total(after, name) - total(before, name) >= 4
    assert total(after, name, "PutObject") - total(before, name, "PutObject") == 3
    # Labels are names of operations and statuses, never what clients send.
    assert not [labels for _, labels in after if bucket in labels]


# --- audit lines

SECRET_CONFIG = render(identities={
    "users": {**user("audited", allow("sts:AssumeRole", "*"), allow("s3:*", bucket_arns("audited"), Sid="Mine"),
                     deny("s3:DeleteObject", "*", Sid="Never"))},
    "roles": {"audited-role": {"policies": ["readwrite"], "trust_policy": trust({"AWS": user_arn("audited")})}},
})


def test_audit_lines():
    with Gateway(SECRET_CONFIG) as gateway:
        gateway.client().create_bucket(Bucket="audited")
        s3 = gateway.client(**keys("audited"), user_agent="integration/1.0")
        put = s3.put_object(Bucket="audited", Key='k "é"', Body=b"x" * 1234)["ResponseMetadata"]
        line, = gateway.audit_lines(put["RequestId"])
        assert line["principal"].pop("id").startswith("AIDA")
        assert line["principal"] == {"type": "user", "arn": user_arn("audited"), "access_key_id": keys("audited")["access_key"]}
        assert line["operation"] == "PutObject" and line["actions"] == ["s3:PutObject"]
        assert line["bucket"] == "audited" and line["key"] == 'k "é"'
        assert line["decision"] == "allowed" and line["statement"]["sid"] == "Mine"
        assert line["status"] == 200 and line["bytes_in"] >= 1234 and line["remote"] == "127.0.0.1"
        assert line["user_agent"].startswith("integration/1.0") and line["tls"] == "1.3"
        assert line["service"] == "s3" and line["total_us"] > 0
        with denied() as error:
            s3.delete_object(Bucket="audited", Key="k")
        line, = gateway.audit_lines(error.value.response["ResponseMetadata"]["RequestId"])
        assert line["decision"] == "denied" and line["statement"]["sid"] == "Never" and line["error"] == "AccessDenied"
        with refused("SignatureDoesNotMatch") as error:
            gateway.client(**{**keys("audited"), "secret_key": "y" * 40}).list_buckets()
        line, = gateway.audit_lines(error.value.response["ResponseMetadata"]["RequestId"])
        # Nobody has proved anything: the key that was claimed is named, its user is not.
        assert "arn" not in line["principal"] and line["decision"] == "none" and line["status"] == 403
        # A session, by STS, then S3.
        sts = gateway.client("sts", **keys("audited"))
        answer = sts.assume_role(RoleArn=role_arn("audited-role"), RoleSessionName="who")
        session = answer["Credentials"]
        line, = gateway.audit_lines(answer["ResponseMetadata"]["RequestId"])
        assert line["service"] == "sts" and line["operation"] == "AssumeRole" and line["decision"] == "allowed"
        assert line["actions"] == ["sts:AssumeRole"]
        temporary = dict(access_key=session["AccessKeyId"], secret_key=session["SecretAccessKey"],
                         token=session["SessionToken"])
        got = gateway.client(**temporary).get_object(Bucket="audited", Key='k "é"')
        got["Body"].read()
        line, = gateway.audit_lines(got["ResponseMetadata"]["RequestId"])
        assert line["principal"]["type"] == "role_session" and line["principal"]["session"] == "who"
        assert line["bytes_out"] == 1234
        # Presigned, wrong, malformed: one line each.
        url = gateway.client(signature_version="s3v4", **temporary).generate_presigned_url(
            "get_object", Params={"Bucket": "audited", "Key": 'k "é"'})
        subprocess.run(["curl", "-sf", "-o", "/dev/null", "--cacert", gateway.ca, url], check=True, timeout=20)
        with refused("InvalidToken"):
            gateway.client(**{**temporary, "token": session["SessionToken"][:-4] + "AAAA"}).list_buckets()
        with refused("SignatureDoesNotMatch"):
            gateway.client(**{**temporary, "secret_key": "z" * 40}).list_buckets()
        with Wire(gateway) as wire:
            assert wire.send(b"GET / HTTP/1.1\r\nAuthorization: Bearer tokentokentoken\r\nHost: x\r\n\r\n").answer().status >= 400
            wire.send(head(gateway, "GET", "/", unsigned=["x bad"]))
            assert wire.answer().status == 400
        count = len(gateway.audit_lines())
        signatures = set(re.findall("Signature=([0-9a-f]{64})", url))
        gateway.stop()
        lines = gateway.audit_lines()
        assert len(lines) >= count
        assert [line for line in lines if line["presigned"]]
        assert len({line["request_id"] for line in lines}) == len(lines)
        # No secret is anywhere but in the files made to hold it.
        secrets = {ROOT_SECRET_KEY, secret_key("audited"), session["SecretAccessKey"], session["SessionToken"],
                   session["SessionToken"][40:80], "tokentokentoken", *signatures}
        texts = {"log": "\n".join(gateway.log)}
        for path in gateway.data.rglob("*"):
            if path.is_file() and path.name not in ("root.json", "keyring.json") and "objects" not in path.parts:
                texts[str(path)] = path.read_bytes().decode("latin-1")
        assert any("audit.jsonl" in name for name in texts)
        for name, text in texts.items():
            for secret in secrets:
                assert secret not in text, (name, secret)


def test_denied_keys_of_one_request_are_named():
    config = render(identities={"users": user("some", allow("s3:DeleteObject", "arn:aws:s3:::audited/mine/*"))})
    with Gateway(config) as gateway:
        gateway.client().create_bucket(Bucket="audited")
        answer = gateway.client(**keys("some")).delete_objects(Bucket="audited", Delete={"Objects": [
            {"Key": "mine/1"}, {"Key": "theirs/1"}]})
        line, = gateway.audit_lines(answer["ResponseMetadata"]["RequestId"])
        assert line["denied"] == ["arn:aws:s3:::audited/theirs/1"]
        assert line["resources"] == ["arn:aws:s3:::audited/mine/1", "arn:aws:s3:::audited/theirs/1"]


def test_audit_rotation_and_stdout():
    with Gateway() as gateway:
        gateway.client().list_buckets()
        path = gateway.data / "audit.jsonl"
        end = time.monotonic() + 5
        while not path.exists() or not path.stat().st_size:
            assert time.monotonic() < end
            time.sleep(0.05)
        path.rename(path.with_suffix(".1"))
        import signal
        gateway.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 5
        while not path.exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        request_id = gateway.client().list_buckets()["ResponseMetadata"]["RequestId"]
        assert len(gateway.audit_lines(request_id)) == 1
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


# --- settings

def check(config=None, environment=None, path=None, arguments=()):
    command = [str(BINARY), "check", *arguments]
    if path:
        command += ["--config", str(path)]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MARTLET_")}
    return subprocess.run(command, env={**clean, **(environment or {})}, capture_output=True, text=True, timeout=30)


def test_check(tmp_path):
    path = tmp_path / "martlet.yaml"
    path.write_text(SECRET_CONFIG)
    good = check(path=path)
    assert good.returncode == 0 and "good" in good.stdout, good
    path.write_text(render(
        listne="0.0.0.0:1", limits={"idle_timeout": "often", "head_bytes_max": -1}, regions=[],
        account_id="12", identities={
            "policies": {"p": policy({"Effect": "Perhaps", "Action": "s3:*", "Resource": "*"})},
            "users": {"u": {"groups": ["missing"], "policies": ["no-such-policy"],
                            "access_keys": [{"id": "short", "secret": "short"}]}}}))
    bad = check(path=path)
    assert bad.returncode == 1
    # All at once, each with its key path.
    for key in ("listne", "limits.idle_timeout", "limits.head_bytes_max", "account_id", "identities.policies.p",
                "identities.users.u"):
        assert key in bad.stderr, (key, bad.stderr)
    assert "short" not in [word for word in re.findall(r"secret\W+(\w+)", bad.stderr)]
    assert check(path=tmp_path / "missing.yaml").returncode == 1
    path.write_text("a: [1\nb: }")
    assert check(path=path).returncode == 1


def test_check_agrees_with_serve(tmp_path):
    with pytest.raises(RuntimeError, match="no_such_key"):
        with Gateway("no_such_key: 1\n"):
            pass
    # What is checked is what is served: a policy that is refused at load stops both.
    config = render(identities={"policies": {"p": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLikes": {"a": "b"}}}]}}})
    path = tmp_path / "martlet.yaml"
    path.write_text(config)
    assert check(path=path).returncode == 1 and "StringLikes" in check(path=path).stderr
    with pytest.raises(RuntimeError, match="StringLikes"):
        with Gateway(config):
            pass


def test_examples_are_good(tmp_path):
    """Those that need no files beside them."""
    root = pathlib.Path(__file__).resolve().parents[2] / "config"
    assert check(path=root / "martlet.yaml").returncode == 0
    assert check(path=root / "examples" / "behind-a-load-balancer.yaml").returncode == 0


def test_settings_by_environment(tmp_path):
    assert check(environment={"MARTLET_LIMITS_IDLE_TIMEOUT": "5s"}).returncode == 0
    unknown = check(environment={"MARTLET_LIMITS_IDEL_TIMEOUT": "5s"})
    assert unknown.returncode == 1 and "MARTLET_LIMITS_IDEL_TIMEOUT" in unknown.stderr
    wrong = check(environment={"MARTLET_LIMITS_IDLE_TIMEOUT": "soon"})
    assert wrong.returncode == 1 and "MARTLET_LIMITS_IDLE_TIMEOUT" in wrong.stderr
    # The environment stands above the file.
    with Gateway(render(limits={"idle_timeout": "60s"}, regions=["us-east-1"]),
                 environment={"MARTLET_LIMITS_IDLE_TIMEOUT": "1s", "MARTLET_REGIONS": "eu-west-1, us-east-2"}) as gateway:
        with Wire(gateway) as wire:
            assert wire.ends(4)
        gateway.client(region="eu-west-1").list_buckets()
        gateway.client(region="us-east-2").list_buckets()
        with refused("AuthorizationHeaderMalformed") as error:
            gateway.client().list_buckets()
        assert error.value.response["Error"]["Region"] == "eu-west-1"
        # STS and IAM take us-east-1 anywhere.
        gateway.client("sts", region="us-east-1").get_caller_identity()
        gateway.client("sts", region="eu-west-1").get_caller_identity()


def test_reload_by_file_change():
    """Without a signal too; connections live on."""
    config = lambda *names: render(tls={"reload_interval": "1s"}, identities={"users": {
        k: v for name in names for k, v in user(name, allow("s3:ListAllMyBuckets", "*")).items()}})
    with Gateway(config("first")) as gateway, Wire(gateway) as wire:
        assert wire.send(head(gateway, "GET", "/")).answer().status == 200
        with refused("InvalidAccessKeyId"):
            gateway.client(**keys("second")).list_buckets()
        before = len(gateway.log)
        (gateway.folder / "martlet.yaml").write_text(config("first", "second"))
        gateway.await_log("settings reloaded", before)
        gateway.client(**keys("second")).list_buckets()
        gateway.client(**keys("first")).list_buckets()
        assert wire.send(head(gateway, "GET", "/")).answer().status == 200
        before = len(gateway.log)
        (gateway.folder / "martlet.yaml").write_text("regions: nowhere: {")
        gateway.await_log("settings stay as they were", before)
        gateway.client(**keys("second")).list_buckets()


def test_virtual_hosts():
    with Gateway(render(domains=["s3.test"])) as gateway:
        gateway.client().create_bucket(Bucket="hosted")
        gateway.client().put_object(Bucket="hosted", Key="k", Body=b"hosted")
        run = subprocess.run(
            ["curl", "-sf", "--cacert", gateway.ca, "--connect-to", f"::127.0.0.1:{gateway.port}", "--aws-sigv4",
             "aws:amz:us-east-1:s3", "--user", f"{ROOT_ACCESS_KEY}:{ROOT_SECRET_KEY}", "-H",
             "x-amz-content-sha256: UNSIGNED-PAYLOAD", f"https://hosted.s3.test:{gateway.port}/k"],
            capture_output=True, text=True, timeout=20)
        assert run.stdout == "hosted", run


# --- keys and files

def test_generated_files_and_second_start(tmp_path):
    with Gateway(folder=tmp_path, root_keys=False) as first:
        root = json.loads((first.data / "root.json").read_text())
        access, secret = [root[k] for k in root if "access_key" in k and "secret" not in k][0], \
            [root[k] for k in root if "secret" in k][0]
        s3 = first.client(access_key=access, secret_key=secret)
        s3.create_bucket(Bucket="kept")
        s3.put_object(Bucket="kept", Key="k", Body=b"kept", Metadata={"a": "b"}, Tagging="c=d")
        files = {path: path.read_bytes() for path in first.data.rglob("*")
                 if path.is_file() and ("tls" in path.parts or path.suffix == ".json")}
        secrets = [path for path in files if path.name in ("root.json", "keyring.json") or "key" in path.name]
        assert len(secrets) >= 3
        for path in secrets:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert stat.S_IMODE(first.data.stat().st_mode) & 0o077 == 0
        output = "\n".join(first.log)
        assert secret not in output
    start = time.monotonic()
    with Gateway(folder=tmp_path, root_keys=False) as second:
        assert time.monotonic() - start < 10
        for path, content in files.items():
            assert path.read_bytes() == content, path
        got = second.client(access_key=access, secret_key=secret).get_object(Bucket="kept", Key="k")
        assert got["Body"].read() == b"kept" and got["Metadata"] == {"a": "b"} and got["TagCount"] == 1


@pytest.mark.parametrize("secret", ["minioadmin", "short", "aaaaaaaaaaaaaaaaaaaaaaaa", "minioadminminioadmin",
                                    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ROOT_ACCESS_KEY])
def test_weak_root_keys(secret):
    with pytest.raises(RuntimeError) as error:
        with Gateway(environment={"MARTLET_ROOT_SECRET_KEY": secret}):
            pass
    assert "root" in str(error.value)
    if len(secret) > 8 and secret != ROOT_ACCESS_KEY:
        assert secret not in str(error.value)


@pytest.mark.parametrize("spoil", [
    lambda data: os.chmod(data / "root.json", 0o644),
    lambda data: (data / "root.json").write_text("{}"),
    lambda data: (data / "keyring.json").write_text((data / "keyring.json").read_text().replace('"', "'", 1)),
    lambda data: os.chmod(data / "keyring.json", 0o640),
    lambda data: os.chmod(data / "tls/server.key", 0o640),
    lambda data: os.chmod(data / "tls/ca.key", 0o604),
])
def test_spoiled_secret_files(tmp_path, spoil):
    with Gateway(folder=tmp_path, root_keys=False) as first:
        data = first.data
        assert (data / "root.json").exists() and (data / "keyring.json").exists()
    spoil(data)
    with pytest.raises(RuntimeError):
        with Gateway(folder=tmp_path, root_keys=False):
            pass


def test_fips_needs_its_provider():
    """Debian 12 has no FIPS module: a gateway that was told to need it does not start without."""
    modules = list(pathlib.Path("/usr/lib").glob("*/ossl-modules/fips.so"))
    if modules:
        pytest.skip("this system has a FIPS module")
    with pytest.raises(RuntimeError, match="FIPS provider cannot be loaded"):
        with Gateway(render(tls={"fips": True})):
            pass
    with pytest.raises(RuntimeError, match="FIPS provider cannot be loaded"):
        with Gateway(render(tls={"fips": True, "fips_module": "/etc/hostname"})):
            pass


def test_ready_line_and_exit():
    gateway = Gateway(arguments=["--print-session"])
    try:
        gateway.start()
        assert re.fullmatch(r"https://127\.0\.0\.1:\d+", gateway.endpoint)
        gateway.await_log("aws s3")
        assert gateway.stop() == 0
    finally:
        gateway.close()


def test_the_printed_session():
    """Pasted into a shell, with an AWS CLI that knows no endpoint from the environment."""
    with Gateway(arguments=["--print-session"], root_keys=False) as running:
        running.await_log("Stop with Ctrl-C")
        start = next(number for number, line in enumerate(running.log) if line.startswith("export AWS_ENDPOINT_URL"))
        environment = {"PATH": os.environ["PATH"], "HOME": str(running.folder),
                       "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_MAX_ATTEMPTS": "1"}
        shell = subprocess.run(["bash"], input="\n".join(running.log[start:start + 3]), env=environment,
                               capture_output=True, text=True, timeout=120)
        assert shell.stdout.splitlines() == ["make_bucket: hello", "it works"], shell
        assert shell.stderr.count("AccessDenied") == 1 and "ListObjectsV2" in shell.stderr, shell


def test_occupied_port(gateway):
    with pytest.raises(RuntimeError):
        with Gateway(arguments=["--listen", f"127.0.0.1:{gateway.port}"]):
            pass


def test_command_line():
    assert subprocess.run([str(BINARY), "--help"], capture_output=True, timeout=10).returncode == 0
    assert subprocess.run([str(BINARY), "serve", "--nonsense"], capture_output=True, timeout=10).returncode != 0


def test_a_relative_data_folder(tmp_path):
    """As `make run` starts it."""
    process = subprocess.Popen(
        [str(BINARY), "serve", "--data", "data", "--listen", "127.0.0.1:0", "--operations", "127.0.0.1:0"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={key: value for key, value in os.environ.items() if not key.startswith("MARTLET_")})
    try:
        assert process.stdout.readline().startswith("ready https://127.0.0.1:")
        assert (tmp_path / "data" / "objects").is_dir()
    finally:
        process.terminate()
        assert process.wait(20) == 0


@pytest.mark.skipif(os.getuid() != 0, reason="every other test is this one")
def test_an_ordinary_user():
    """Nothing that only root may do is needed to serve."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="martlet-user."))
    try:
        binary = shutil.copy(BINARY, folder)
        os.chown(folder, 65534, 65534)
        wrapper = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs",
                   "sh", "-c", 'shift; exec "$0" "$@"', binary]
        with Gateway(folder=folder, wrapper=wrapper) as running:
            s3 = running.client()
            s3.create_bucket(Bucket="ordinary")
            s3.put_object(Bucket="ordinary", Key="k", Body=b"content")
            assert s3.get_object(Bucket="ordinary", Key="k")["Body"].read() == b"content"
            assert (running.data / "keyring.json").stat().st_uid == 65534
    finally:
        shutil.rmtree(folder)


def test_descriptors():
    """Shells start programs with few; the gateway takes what it may have, and says when they are all in use."""
    with Gateway(wrapper=["prlimit", "--nofile=64:96"]) as running:
        _, metrics = probe(running, "/metrics")
        assert "process_max_fds 96" in metrics.splitlines()
        wires = []
        try:
            for _ in range(120):
                wires.append(socket.create_connection(("127.0.0.1", running.port), timeout=5))
            running.await_log("cannot accept a connection")
        finally:
            for wire in wires:
                wire.close()
        end = time.monotonic() + 10
        while True:
            try:
                running.client().list_buckets()
                break
            except Exception:
                assert time.monotonic() < end, running.log[-5:]
                time.sleep(0.2)
        assert sum("cannot accept" in line for line in running.log) < 5

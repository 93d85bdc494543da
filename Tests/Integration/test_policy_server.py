"""An external policy server in the running gateway: what it is asked, what its answers do, and that nothing else does."""

import concurrent.futures
import json
import os
import re
import socket
import ssl
import subprocess
import threading
import time
import urllib.request

import botocore.exceptions
import pytest

from gateway import BINARY, Gateway
from identities import allow, bucket_arns, keys, policy, render, role_arn, trust, user, user_arn
from policy_servers import OPAServer, PolicyServer, certificate

EVERYTHING = allow(["s3:*", "sts:*"], "*")


def settings(url, mode="restrict", input="martlet", statement=EVERYTHING, **opa):
    users = user("alice", statement)
    roles = {"reader": {"policies": ["readonly"], "trust_policy": trust({"AWS": user_arn("alice")}, actions=[
        "sts:AssumeRole", "sts:TagSession"])}}
    return render(authorization={"rego": mode, "input": input, "opa": {"url": url, **opa}},
                  identities={"users": users, "roles": roles})


def code(call, **arguments):
    try:
        call(**arguments)
        return "allowed"
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


def audit(server, operation, decision="allowed"):
    end = time.monotonic() + 5
    while time.monotonic() < end:
        found = [line for line in server.audit_lines() if line.get("operation") == operation]
        if found and found[-1]["decision"] == decision:
            return found[-1]
        time.sleep(0.05)
    raise AssertionError(f"no audit line of {operation}")


def metric(server, name):
    page = urllib.request.urlopen(f"{server.operations}/metrics").read().decode()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in page.splitlines()
            if line.startswith(name)}


def frozen(path, asked):
    """Everything but objects named `frozen`."""
    return asked.get("object", {}).get("key") != "frozen"


def test_a_boolean_decides_and_the_input_is_whole(tmp_path):
    with PolicyServer(frozen) as opa, Gateway(settings(opa.url + "/v1/data/gate/allow")) as server:
        s3 = server.client(**keys("alice"))
        s3.create_bucket(Bucket="data")
        assert code(s3.put_object, Bucket="data", Key="a/ü", Body=b"x", Tagging="k=v&l=") == "allowed"
        assert code(s3.put_object, Bucket="data", Key="frozen", Body=b"x") == "AccessDenied"
        assert {path for path, _, _ in opa.asked} == {"/v1/data/gate/allow"}
        assert [asked["action"] for _, asked, _ in opa.asked] == [
            "s3:CreateBucket", "s3:PutObject", "s3:PutObjectTagging", "s3:PutObject"]
        asked = opa.asked[1][1]
        assert asked["action"] == "s3:PutObject" and asked["resource"] == "arn:aws:s3:::data/a/ü"
        assert asked["object"] == {"key": "a/ü"} and asked["bucket"] == "data" and asked["service"] == "s3"
        assert asked["principal"]["arn"] == user_arn("alice") and asked["principal"]["type"] == "user"
        assert asked["request"]["method"] == "PUT" and asked["request"]["secure"] is True
        assert asked["request"]["source_ip"] == "127.0.0.1" and asked["request"]["content_length"] == 1
        assert asked["s3"]["tags"] == {"k": "v", "l": ""}
        assert asked["conditions"]["aws:PrincipalArn"] == user_arn("alice")
        line = audit(server, "PutObject", "denied")
        assert line["rule"] == {"path": "/v1/data/gate/allow", "decision_id": "d-1"}
        assert metric(server, "martlet_policy_server_duration_seconds_count") == {
            "martlet_policy_server_duration_seconds_count": 4}
        assert set(metric(server, "martlet_policy_server_errors_total").values()) == {0}


@pytest.mark.parametrize("mode,statement,result,expected", [
    ("restrict", EVERYTHING, True, "allowed"),
    ("restrict", EVERYTHING, False, "AccessDenied"),
    ("restrict", EVERYTHING, {"allow": True}, "allowed"),
    ("restrict", EVERYTHING, {"allow": False}, "AccessDenied"),
    # As the embedded engine has it: where a package has `deny`, `allow` is for grant and decide.
    ("restrict", EVERYTHING, {"allow": False, "deny": []}, "allowed"),
    ("restrict", EVERYTHING, {"deny": []}, "allowed"),
    ("restrict", EVERYTHING, {"allow": True, "deny": ["no"]}, "AccessDenied"),
    ("restrict", EVERYTHING, {}, "AccessDenied"),
    ("restrict", EVERYTHING, None, "AccessDenied"),
    ("restrict", EVERYTHING, "true", "AccessDenied"),
    ("restrict", EVERYTHING, 1, "AccessDenied"),
    ("restrict", EVERYTHING, [True], "AccessDenied"),
    ("restrict", EVERYTHING, {"allow": "true"}, "AccessDenied"),
    ("restrict", EVERYTHING, {"allow": True, "deny": {}}, "AccessDenied"),
    ("restrict", EVERYTHING, {"allow": True, "deny": False}, "AccessDenied"),
    ("restrict", EVERYTHING, {"deny": [], "obligations": {"unheard_of": 1}}, "AccessDenied"),
    ("restrict", EVERYTHING, {"allow": True, "obligations": {"require_mfa": True}}, "AccessDenied"),
    ("restrict", None, True, "AccessDenied"),
    ("grant", EVERYTHING, False, "allowed"),
    ("grant", EVERYTHING, {"allow": False, "deny": ["no"]}, "AccessDenied"),
    ("grant", EVERYTHING, "no", "AccessDenied"),
    ("grant", None, True, "allowed"),
    ("grant", None, {"allow": True}, "allowed"),
    ("grant", None, False, "AccessDenied"),
    ("decide", None, True, "allowed"),
    ("decide", EVERYTHING, False, "AccessDenied"),
    ("decide", EVERYTHING, {"allow": False, "deny": []}, "AccessDenied"),
    ("decide", {"Effect": "Deny", "Action": "s3:ListAllMyBuckets", "Resource": "*"}, True, "AccessDenied"),
])
def test_results_by_mode(results, mode, statement, result, expected):
    opa, server = results
    opa.answer = lambda *_: result
    config = settings(opa.url, mode, statement=statement) if statement else render(
        authorization={"rego": mode, "opa": {"url": opa.url}}, identities={"users": user("alice")})
    if server.config != config:
        server.reload(config)
    assert code(server.client(**keys("alice")).list_buckets) == expected
    if (mode, statement) == ("restrict", None) or isinstance(statement, dict) and statement["Effect"] == "Deny":
        assert not opa.asked
    else:
        assert opa.asked.pop()[0] == "/v1/data/martlet/authz" and not opa.asked


@pytest.fixture(scope="module")
def results():
    with PolicyServer(frozen) as opa, Gateway(settings(opa.url)) as server:
        yield opa, server


def raw(text):
    def answer(handler):
        handler.wfile.write(text if isinstance(text, bytes) else text.encode())
        handler.close_connection = True
    return lambda *_: answer


GOOD = b'{"result": true}'
WRONG = {
    "500": lambda *_: lambda handler: handler.reply({"result": True}, 500),
    "201": lambda *_: lambda handler: handler.reply({"result": True}, 201),
    "redirect": lambda *_: lambda handler: handler.reply({"result": True}, 302, [("Location", "/v1/data/yes")]),
    "no content": lambda *_: lambda handler: handler.reply(b"", 204),
    "no json": lambda *_: lambda handler: handler.reply(b"true"[:3]),
    "html": lambda *_: lambda handler: handler.reply(b"<html>true</html>"),
    "bare true": lambda *_: lambda handler: handler.reply(b"true"),
    "result twice": lambda *_: lambda handler: handler.reply(b'{"result": false, "result": true}'),
    "text behind": lambda *_: lambda handler: handler.reply(b'{"result": true}{}'),
    "huge": lambda *_: lambda handler: handler.reply(b'{"x": "' + b"x" * 300_000 + b'", "result": true}'),
    "deep": lambda *_: lambda handler: handler.reply(b'{"result": true, "x": ' + b"[" * 99_999 + b"]" * 99_999 + b"}"),
    "truncated": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n" + GOOD),
    "without length": raw(b"HTTP/1.1 200 OK\r\n\r\n" + GOOD),
    "two lengths": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\nContent-Length: 17\r\n\r\n" + GOOD),
    "not http": raw(b"220 mail ESMTP\r\n"),
    "nothing": raw(b""),
    "two answers": raw((b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n" + GOOD) * 2),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("mode", ["restrict", "grant", "decide"])
def test_wrong_answers_deny(wrong, mode, name):
    opa, server = wrong
    if f"rego: {mode}" not in server.config:
        server.reload(settings(opa.url, mode))
    s3 = server.client(**keys("alice"))
    opa.answer = lambda *_: True
    assert code(s3.list_buckets) == "allowed"
    opa.answer = WRONG[name]
    assert code(s3.list_buckets) == "AccessDenied"
    opa.answer = lambda *_: True
    assert code(s3.list_buckets) == "allowed"


@pytest.fixture(scope="module")
def wrong():
    with PolicyServer(frozen) as opa, Gateway(settings(opa.url)) as server:
        yield opa, server


def test_a_slow_server_denies_in_time_and_holds_up_nobody():
    def slow(path, asked):
        if asked.get("bucket") == "slow":
            time.sleep(3)
        return True

    with PolicyServer(slow) as opa, Gateway(settings(opa.url, timeout="700ms")) as server:
        s3 = server.client(**keys("alice"))
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="k", Body=b"x")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            started = time.monotonic()
            waiting = [pool.submit(code, server.client(**keys("alice")).head_bucket, Bucket="slow") for _ in range(4)]
            for _ in range(20):
                before = time.monotonic()
                assert code(s3.get_object, Bucket="data", Key="k") == "allowed"
                assert time.monotonic() - before < 0.5
            assert [done.result() for done in waiting] == ["403"] * 4
            assert time.monotonic() - started > 0.6
        assert metric(server, "martlet_policy_server_errors_total")[
            'martlet_policy_server_errors_total{error="timed_out"}'] == 4


def test_a_dead_server_denies_until_it_is_back():
    opa = PolicyServer(frozen)
    port = opa.server.server_port
    with Gateway(settings(opa.url)) as server:
        s3 = server.client(**keys("alice"))
        assert code(s3.list_buckets) == "allowed"
        opa.close()
        started = time.monotonic()
        for _ in range(5):
            assert code(s3.list_buckets) == "AccessDenied"
        assert time.monotonic() - started < 3
        line = audit(server, "ListBuckets", "denied")
        assert "policy server" in line["cause"] and "decision_id" not in line["rule"]
        with PolicyServer(frozen, port=port):
            end = time.monotonic() + 10
            while code(s3.list_buckets) != "allowed" and time.monotonic() < end:
                time.sleep(0.1)
            assert code(s3.list_buckets) == "allowed"


def test_each_access_is_asked_once():
    with PolicyServer(frozen) as opa, Gateway(settings(opa.url)) as server:
        s3 = server.client(**keys("alice"))
        s3.create_bucket(Bucket="data")
        for key in ["a", "b", "frozen"]:
            if key != "frozen":
                s3.put_object(Bucket="data", Key=key, Body=b"x")
        opa.asked.clear()
        s3.copy_object(Bucket="data", Key="c", CopySource="data/a")
        assert sorted((asked["action"], asked["object"]["key"]) for _, asked, _ in opa.asked) == [
            ("s3:GetObject", "a"), ("s3:PutObject", "c")]
        assert code(s3.copy_object, Bucket="data", Key="frozen", CopySource="data/a") == "AccessDenied"
        opa.asked.clear()
        names = ["a", "frozen", "b", "none"] + [f"n{i}" for i in range(200)]
        result = s3.delete_objects(Bucket="data", Delete={"Objects": [{"Key": name} for name in names]})
        assert [error["Key"] for error in result["Errors"]] == ["frozen"]
        assert sorted(d["Key"] for d in result["Deleted"]) == sorted(set(names) - {"frozen"})
        assert sorted(asked["object"]["key"] for _, asked, _ in opa.asked) == sorted(names)
        assert audit(server, "DeleteObjects", "denied")["rule"]["decision_id"] == "d-1"
        # A key that is not there: whether the caller may know is a question of its own.
        opa.asked.clear()
        assert code(s3.get_object, Bucket="data", Key="a") == "NoSuchKey"
        assert [asked["action"] for _, asked, _ in opa.asked] == ["s3:GetObject", "s3:ListBucket"]
        opa.answer = lambda path, asked: asked["action"] != "s3:ListBucket"
        assert code(s3.get_object, Bucket="data", Key="a") == "AccessDenied"


def test_multipart_post_and_documents():
    """Operations that are decided at other places than the head."""
    with PolicyServer(frozen) as opa, Gateway(settings(opa.url)) as server:
        s3 = server.client(**keys("alice"), signature_version="s3v4")
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="k", Body=b"x")
        opa.asked.clear()
        tags = {"TagSet": [{"Key": "a", "Value": "b"}]}
        assert code(s3.put_object_tagging, Bucket="data", Key="k", Tagging=tags) == "allowed"
        assert len(opa.asked) == 1 and opa.asked[0][1]["s3"]["tags"] == {"a": "b"}
        assert code(s3.put_object_tagging, Bucket="data", Key="frozen", Tagging=tags) == "AccessDenied"
        for key, expected in [("file", 204), ("frozen", 403)]:
            form = s3.generate_presigned_post("data", key)
            done = subprocess.run(
                ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", server.ca,
                 *[part for name, value in form["fields"].items() for part in ("-F", f"{name}={value}")],
                 "-F", "file=hello", f"{server.endpoint}/data"], capture_output=True, text=True)
            assert int(done.stdout) == expected
        assert s3.get_object(Bucket="data", Key="file")["Body"].read() == b"hello"
        # Nothing is asked for somebody whose signature is wrong.
        opa.asked.clear()
        stranger = server.client(access_key=keys("alice")["access_key"], secret_key="x" * 40)
        assert code(stranger.get_object, Bucket="data", Key="k") == "SignatureDoesNotMatch" and not opa.asked
        body = b"y" * 9_000_000
        assert code(s3.put_object, Bucket="data", Key="large", Body=body) == "allowed"
        assert s3.get_object(Bucket="data", Key="large")["Body"].read() == body


def test_tags_are_sent_where_settings_say_so():
    with PolicyServer(lambda path, asked: asked.get("object", {}).get("tags", {}).get("secret") != "yes") as opa:
        with Gateway(settings(opa.url)) as server:
            s3 = server.client(**keys("alice"))
            s3.create_bucket(Bucket="data")
            s3.put_object(Bucket="data", Key="open", Body=b"x", Tagging="secret=no")
            s3.put_object(Bucket="data", Key="hidden", Body=b"x", Tagging="secret=yes")
            assert code(s3.get_object, Bucket="data", Key="hidden") == "allowed"
            assert all("tags" not in asked.get("object", {}) for _, asked, _ in opa.asked)
            server.reload(settings(opa.url, object_tags=True))
            assert code(s3.get_object, Bucket="data", Key="hidden") == "AccessDenied"
            assert code(s3.get_object, Bucket="data", Key="open") == "allowed"
            assert opa.asked[-1][1]["object"]["tags"] == {"secret": "no"}
            assert code(s3.copy_object, Bucket="data", Key="copy", CopySource="data/hidden") == "AccessDenied"
            assert code(s3.copy_object, Bucket="data", Key="copy", CopySource="data/open") == "allowed"


def test_sts_is_asked_about():
    def answer(path, asked):
        return asked["action"] in answer.open or asked.get("sts", {}).get("session_name") == "good"

    answer.open = ["sts:GetCallerIdentity"]

    with PolicyServer(answer) as opa, Gateway(settings(opa.url)) as server:
        sts = server.client("sts", **keys("alice"))
        role = role_arn("reader")
        assert code(sts.assume_role, RoleArn=role, RoleSessionName="evil") == "AccessDenied"
        opa.asked.clear()
        assert code(sts.assume_role, RoleArn=role, RoleSessionName="good",
                    Tags=[{"Key": "a", "Value": "b"}]) == "allowed"
        assert [asked["action"] for _, asked, _ in opa.asked] == ["sts:AssumeRole", "sts:TagSession"]
        assert opa.asked[0][1]["sts"]["role_arn"] == role and opa.asked[0][1]["sts"]["tags"] == {"a": "b"}
        assert code(sts.get_caller_identity) == "allowed"
        answer.open.clear()
        assert code(sts.get_caller_identity) == "AccessDenied"
        assert audit(server, "AssumeRole")["rule"]["decision_id"] == "d-1"


@pytest.mark.parametrize("shape", ["minio", "rgw"])
def test_other_shapes(shape):
    def answer(path, asked):
        assert ("decoded_uri" in asked) == (shape == "rgw") and ("account" in asked) == (shape == "minio")
        name = asked["object"] if shape == "minio" else asked.get("object_name")
        # What denies in Martlet's own shape says nothing here.
        return {"allow": name != "frozen", "deny": ["x"]}

    with PolicyServer(answer) as opa, Gateway(settings(opa.url, input=shape)) as server:
        s3 = server.client(**keys("alice"))
        s3.create_bucket(Bucket="data")
        assert code(s3.put_object, Bucket="data", Key="k", Body=b"x") == "allowed"
        assert code(s3.put_object, Bucket="data", Key="frozen", Body=b"x") == "AccessDenied"


def test_a_client_that_leaves_calls_it_off():
    closed = threading.Event()

    def answer(path, asked):
        def wait(handler):
            handler.connection.settimeout(10)
            if handler.connection.recv(1) == b"":
                closed.set()
            handler.close_connection = True
        return wait if asked.get("bucket") == "slow" else True

    with PolicyServer(answer) as opa, Gateway(settings(opa.url, timeout="20s")) as server:
        s3 = server.client(**keys("alice"), signature_version="s3v4")
        url = s3.generate_presigned_url("list_objects_v2", {"Bucket": "slow"})
        context = ssl.create_default_context(cafile=server.ca)
        with socket.create_connection(("127.0.0.1", server.port)) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as connection:
                path = re.sub(r"^https://[^/]+", "", url)
                host = re.match(r"https://([^/]+)", url).group(1)
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                end = time.monotonic() + 5
                while not opa.asked and time.monotonic() < end:
                    time.sleep(0.01)
        assert opa.asked and closed.wait(5), server.log[-5:]
        assert code(s3.list_buckets) == "allowed"


def test_tls_and_token(tmp_path):
    right = certificate(tmp_path / "right", "IP:127.0.0.1")
    other_name = certificate(tmp_path / "name", "DNS:opa.example", authority=tmp_path / "right")
    certificate(tmp_path / "stranger", "IP:127.0.0.1")
    token = tmp_path / "token"
    token.write_text("t0ken-of-martlet\n")
    token.chmod(0o600)
    with PolicyServer(frozen, tls=right) as opa, PolicyServer(frozen, tls=other_name) as misnamed:
        good = settings(opa.url, ca_file=str(tmp_path / "right/ca.pem"), token_file=str(token))
        with Gateway(good) as server:
            s3 = server.client(**keys("alice"))
            assert code(s3.list_buckets) == "allowed" and opa.asked[-1][2] == "Bearer t0ken-of-martlet"
            for wrong in [settings(opa.url), settings(opa.url, ca_file=str(tmp_path / "stranger/ca.pem")),
                          settings(misnamed.url, ca_file=str(tmp_path / "right/ca.pem"))]:
                server.reload(wrong)
                opa.asked.clear()
                assert code(s3.list_buckets) == "AccessDenied" and not opa.asked and not misnamed.asked
            server.reload(good)
            assert code(s3.list_buckets) == "allowed"
            # Tokens rotate without a reload of anything else.
            before = len(server.log)
            token.write_text("another-token\n")
            server.process.send_signal(1)
            server.await_log("settings reloaded", before)
            assert code(s3.list_buckets) == "allowed" and opa.asked[-1][2] == "Bearer another-token"
            text = "\n".join(server.log) + (server.data / "audit.jsonl").read_text()
            assert "t0ken" not in text and "another-token" not in text


@pytest.mark.parametrize("opa,said", [
    ({"url": "http://192.0.2.1:8181"}, "insecure_http"),
    ({"url": "opa:8181"}, "authorization.opa.url"),
    ({"url": "https://u:p@127.0.0.1/"}, "authorization.opa.url"),
    ({"url": "http://127.0.0.1:1", "token_file": "/nowhere"}, "/nowhere"),
    ({"url": "https://127.0.0.1:1", "ca_file": "/nowhere"}, "/nowhere"),
    ({"url": "https://127.0.0.1:1", "client_key_file": "/nowhere"}, "client_certificate_file"),
    ({"url": "http://127.0.0.1:1", "timeout": "0s"}, "timeout"),
    ({"url": "http://127.0.0.1:1", "tiemout": "1s"}, "tiemout"),
    ({"timeout": "1s"}, "url"),
])
def test_check_says_what_is_wrong(tmp_path, opa, said):
    path = tmp_path / "martlet.yaml"

    def check(authorization):
        path.write_text(json.dumps({"authorization": authorization, "data": str(tmp_path / "data")}))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MARTLET_")}
        return subprocess.run(
            [BINARY, "check", "--config", path], capture_output=True, text=True, env=environment)

    assert check({"opa": {"url": "http://127.0.0.1:8181/v1/data/a"}}).returncode == 0
    assert check({"opa": {"url": "http://192.0.2.1:8181", "insecure_http": True}}).returncode == 0
    done = check({"opa": opa})
    assert done.returncode == 1 and said in done.stderr
    done = check({"opa": {"url": "http://127.0.0.1:8181"}, "policies": str(tmp_path)})
    assert done.returncode == 1 and "authorization.policies" in done.stderr


MODULE = """
package martlet.authz

default allow := false

allow if input.principal.name == "alice"

deny contains "frozen" if {
    input.action in {"s3:PutObject", "s3:DeleteObject"}
    startswith(input.object.key, data.frozen[_])
}

obligations.response_headers["x-policy"] := "opa" if input.action == "s3:GetObject"

obligations.audit_tags.bucket := input.bucket
"""


def test_real_opa_decides_as_the_embedded_engine_does(tmp_path):
    data = {"frozen": ["archive/"]}
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "authz.rego").write_text(MODULE)
    (bundle / "data.json").write_text(json.dumps(data))
    outcomes = []
    with OPAServer(MODULE, data=data) as opa:
        for mode in ["restrict", "grant", "decide"]:
            for authorization in [{"opa": {"url": opa.url}}, {"policies": str(bundle)}]:
                config = render(authorization={"rego": mode, **authorization}, identities={"users": {
                    **user("alice", allow("s3:*", bucket_arns("data"))), **user("bob", EVERYTHING)}})
                seen = []
                with Gateway(config) as server:
                    seen.append(code(server.client(**keys("alice")).create_bucket, Bucket="data"))
                    for name in ["alice", "bob"]:
                        s3 = server.client(**keys(name))
                        seen.append(code(s3.put_object, Bucket="data", Key="k", Body=b"x"))
                        seen.append(code(s3.put_object, Bucket="data", Key="archive/k", Body=b"x"))
                        seen.append(code(s3.list_buckets))
                        try:
                            answer = s3.get_object(Bucket="data", Key="k")
                            seen.append(answer["ResponseMetadata"]["HTTPHeaders"]["x-policy"])
                            seen.append(audit(server, "GetObject")["tags"])
                        except botocore.exceptions.ClientError as error:
                            seen.append(error.response["Error"]["Code"])
                outcomes.append((mode, seen))
    for (mode, by_opa), (_, embedded) in zip(outcomes[::2], outcomes[1::2]):
        assert by_opa == embedded, mode
    assert outcomes[0][1][:3] == ["allowed", "allowed", "AccessDenied"] and "opa" in outcomes[0][1]
    assert "AccessDenied" in outcomes[4][1][3:]

"""AssumeRoleWithCustomToken: a webhook says whose a token is, over TLS, by MinIO's contract."""

import http.server
import json
import ssl
import threading
import time
import urllib.parse

import pytest

from gateway import Gateway
from identities import ACCOUNT, allow, policy, render, role_arn, trust
from own_actions import credentials
from policy_servers import certificate
from refusals import denied
from test_federated_policies import Refusal, trade

SECRET = "Bearer webhook-secret-of-ours"
MINIO_ARN = "arn:minio:iam:::role/idmp-badges"


class Webhook:
    """Answers for each token what `answers` has: (status, body), or a function on the handler."""

    def __init__(self, tls):
        self.answers, self.asked = {}, []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                url = urllib.parse.urlsplit(self.path)
                [token] = urllib.parse.parse_qs(url.query)["token"]
                owner.asked.append((url.path, token, self.headers.get("Authorization")))
                answer = owner.answers.get(token, (403, {"reason": "unknown token"}))
                if callable(answer):
                    return answer(self)
                status, body = answer
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                if status in (302, 307):
                    self.send_header("Location", f"{owner.url}?token=good")
                self.end_headers()
                self.wfile.write(data)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"https://localhost:{self.server.server_port}/whose"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("webhook")


@pytest.fixture(scope="module")
def tls(folder):
    return certificate(folder, "DNS:localhost")


@pytest.fixture(scope="module")
def webhook(tls):
    running = Webhook(tls)
    running.answers["good"] = (200, {"user": "ann", "maxValiditySeconds": 1800,
                                     "claims": {"team": {"name": ["storage", "ops"]}, "unknown": "x"}})
    yield running
    running.close()


def config(webhook, folder, **changes):
    secret = folder / "secret"
    secret.write_text(SECRET + "\n")
    secret.chmod(0o600)
    settings = {"url": webhook.url, "authorization_file": str(secret), "ca_file": str(folder / "ca.pem"),
                "timeout": "1s", "claims": ["team.name"],
                "policies": [{"claim": "team.name", "value": "storage", "policies": ["readonly", "own"]}], **changes}
    own = policy(allow("s3:PutObject", "arn:aws:s3:::data/home/${token:user}/*"))
    roles = {"writer": {"policies": ["readwrite"], "trust_policy": trust(
        {"Federated": f"arn:aws:iam::{ACCOUNT}:token-provider/badges"},
        {"ForAnyValue:StringEquals": {"token:team.name": "ops"}}, "sts:AssumeRoleWithCustomToken")}}
    return render(identities={"policies": {"own": own}, "roles": roles},
                  token_webhooks={"badges": settings})


@pytest.fixture(scope="module")
def gateway(webhook, folder):
    with Gateway(config(webhook, folder)) as running:
        s3 = running.client()
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="k", Body=b"data")
        yield running


def custom(gateway, token="good", **parameters):
    return trade(gateway, token, "AssumeRoleWithCustomToken", **{"RoleArn": MINIO_ARN, **parameters})


def test_a_token_gives_keys(gateway, webhook):
    found = custom(gateway)
    assert found["AssumedUser"] == "ann"
    assert webhook.asked[-1] == ("/whose", "good", SECRET)
    # No longer than the webhook says, and shorter if asked for.
    end = time.mktime(time.strptime(found["Expiration"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert 1700 < end - time.time() <= 1801
    short = custom(gateway, DurationSeconds="900")
    assert short["Expiration"] < found["Expiration"]
    s3 = gateway.client(**credentials(found))
    assert s3.get_object(Bucket="data", Key="k")["Body"].read() == b"data"
    s3.put_object(Bucket="data", Key="home/ann/k", Body=b"data")
    with denied():
        s3.put_object(Bucket="data", Key="home/bob/k", Body=b"data")
    who = gateway.client("sts", **credentials(found)).get_caller_identity()
    assert who["Arn"] == f"arn:aws:sts::{ACCOUNT}:federated-identity/badges/ann"
    # Named our way, or not at all where there is one webhook only.
    custom(gateway, RoleArn=f"arn:aws:iam::{ACCOUNT}:token-provider/badges")


def test_a_token_gives_a_role(gateway, webhook):
    found = custom(gateway, RoleArn=role_arn("writer"), RoleSessionName="session")
    gateway.client(**credentials(found)).put_object(Bucket="data", Key="k", Body=b"data")
    webhook.answers["other team"] = (200, {"user": "bob", "maxValiditySeconds": 1800, "claims": {"team": {"name": "x"}}})
    with pytest.raises(Refusal, match="AccessDenied"):
        custom(gateway, "other team", RoleArn=role_arn("writer"), RoleSessionName="session")
    with pytest.raises(Refusal, match="AccessDenied"):
        custom(gateway, "other team")
    with pytest.raises(Refusal, match="AccessDenied"):
        custom(gateway, RoleArn=role_arn("nobody"), RoleSessionName="session")


@pytest.mark.parametrize("answer, code", [
    ((403, {"reason": "no"}), "IDPRejectedClaim"), ((401, {}), "IDPCommunicationError"),
    ((500, {"user": "ann"}), "IDPCommunicationError"), ((302, b""), "IDPCommunicationError"),
    ((307, b""), "IDPCommunicationError"), ((201, {"user": "ann", "maxValiditySeconds": 900}), "IDPCommunicationError"),
    ((200, b""), "IDPCommunicationError"), ((200, b"[]"), "IDPCommunicationError"),
    ((200, {"user": "ann"}), "IDPCommunicationError"), ((200, {"maxValiditySeconds": 900}), "IDPCommunicationError"),
    ((200, {"user": "", "maxValiditySeconds": 900}), "IDPCommunicationError"),
    ((200, {"user": ["ann"], "maxValiditySeconds": 900}), "IDPCommunicationError"),
    ((200, {"user": "a\nb", "maxValiditySeconds": 900}), "IDPCommunicationError"),
    ((200, {"user": "ann", "maxValiditySeconds": 0}), "IDPCommunicationError"),
    ((200, {"user": "ann", "maxValiditySeconds": 10**12}), "IDPCommunicationError"),
    ((200, {"user": "ann", "maxValiditySeconds": 900, "claims": {"team": {"name": ["x" * 600]}}}), "IDPRejectedClaim"),
    ((200, b'{"user": "ann", "maxValiditySeconds": 900, "padding": "' + b"x" * 100_000 + b'"}'), "IDPCommunicationError"),
    (lambda handler: time.sleep(1.5), "IDPCommunicationError"),
    (lambda handler: handler.wfile.write(b"nonsense\r\n\r\n"), "IDPCommunicationError"),
], ids=lambda value: None if callable(value) else str(value)[:40])
def test_whatever_is_no_yes_is_no(gateway, webhook, answer, code):
    webhook.answers["odd"] = answer
    before = len(webhook.asked)
    with pytest.raises(Refusal, match=code):
        custom(gateway, "odd")
    # Asked once, and no redirection followed.
    assert len(webhook.asked) - before <= 2 and {token for _, token, _ in webhook.asked[before:]} == {"odd"}
    custom(gateway)


def test_tokens_and_secrets_are_written_nowhere(gateway, webhook):
    webhook.answers["very secret & odd/token"] = (200, {"user": "eve", "maxValiditySeconds": 900, "claims": {
        "team": {"name": "storage"}}})
    custom(gateway, "very secret & odd/token")
    with pytest.raises(Refusal):
        custom(gateway, "very secret unknown token")
    end = time.monotonic() + 10
    while ":eve" not in json.dumps(gateway.audit_lines()):
        assert time.monotonic() < end
        time.sleep(0.05)
    written = json.dumps(gateway.audit_lines()) + "".join(gateway.log)
    assert "very secret" not in written and "very+secret" not in written and "very%20secret" not in written
    assert SECRET not in written and "webhook-secret" not in written
    assert f"arn:aws:iam::{ACCOUNT}:token-provider/badges" in written


@pytest.mark.parametrize("parameters, code", [
    ({"RoleArn": "arn:minio:iam:::role/idmp-other"}, "InvalidIdentityToken"),
    ({"RoleArn": "arn:minio:iam:::role/idmp-badges", "ProviderId": "other"}, "ValidationError|InvalidParameter"),
    ({"DurationSeconds": "10"}, "ValidationError"), ({"Token": ""}, "ValidationError"),
    ({"Token": "x" * 20_001}, "ValidationError"),
    ({"RoleArn": "arn:aws:iam::000000000000:role/writer"}, "ValidationError"),
])
def test_parameters_are_checked(gateway, webhook, parameters, code):
    before = len(webhook.asked)
    with pytest.raises(Refusal, match=code):
        custom(gateway, **{"token": "good", **parameters} if "Token" not in parameters else
               {"token": parameters["Token"]})
    assert len(webhook.asked) == before
    custom(gateway)


def test_down_means_refused(webhook, folder, tls):
    other = Webhook(tls)
    other.answers["good"] = webhook.answers["good"]
    with Gateway(config(other, folder)) as gateway:
        custom(gateway)
        secret = folder / "secret"
        secret.chmod(0o644)
        with pytest.raises(Refusal, match="IDPCommunicationError"):
            custom(gateway)
        secret.chmod(0o600)
        keys = credentials(custom(gateway))
        gateway.client().create_bucket(Bucket="data")
        gateway.client().put_object(Bucket="data", Key="k", Body=b"data")
        other.close()
        with pytest.raises(Refusal, match="IDPCommunicationError"):
            custom(gateway)
        # Sessions that were given go on.
        gateway.client(**keys).get_object(Bucket="data", Key="k")
        # A certificate that the settings' authority has not made.
        gateway.reload(config(webhook, folder, ca_file=str(gateway.ca)))
        with pytest.raises(Refusal, match="IDPCommunicationError"):
            custom(gateway)
        gateway.reload(config(webhook, folder))
        custom(gateway)
        # Gone from the settings, sessions with it.
        gateway.reload(render(identities={}))
        s3 = gateway.client(**keys)
        with pytest.raises(s3.exceptions.ClientError):
            s3.get_object(Bucket="data", Key="k")

"""Kerberos tickets traded for keys, and brought on S3 requests: real KDC, kinit and curl; what is taken and what not."""

import base64
import concurrent.futures
import hashlib
import json
import os
import re
import ssl
import statistics
import subprocess
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

import kerberos
from gateway import Gateway
from identities import ACCOUNT, allow, policy, render, role_arn, trust
from kerberos import Kerberos
from ldap import GROUPS, PEOPLE, Directory
from refusals import denied, refused

ACTION = "sts:AssumeRoleWithKerberos"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:kerberos-provider/main"
LOGIN = "/?Action=AssumeRoleWithKerberos&Version=2011-06-15"


def config(krb, provider=None, **more):
    def trusting(condition=None, provider=PROVIDER, actions=ACTION):
        return trust({"Federated": provider}, condition, actions)

    principal = lambda name: {"StringEquals": {"krb5:principal": name}}  # noqa: E731
    home = policy(allow("s3:*", "arn:aws:s3:::data/home/${krb5:name}/*"))
    roles = {
        "admin": {"policies": ["readwrite"], "trust_policy": trusting(principal("carol@EXAMPLE.TEST"))},
        "reader": {"policies": ["readonly"], "trust_policy": trusting(principal(
            ["alice@EXAMPLE.TEST", "short@EXAMPLE.TEST"]))},
        "home": {"inline_policies": {"home": home}, "trust_policy": trusting(
            {"StringEquals": {"krb5:realm": "EXAMPLE.TEST"}})},
        "foreign": {"policies": ["readonly"], "trust_policy": trusting(
            {"StringEquals": {"krb5:realm": "OTHER.TEST"}})},
        "elsewhere": {"policies": ["readonly"], "trust_policy": trusting(
            provider=f"arn:aws:iam::{ACCOUNT}:kerberos-provider/other")},
        "oidc-only": {"policies": ["readonly"], "trust_policy": trusting(actions="sts:AssumeRoleWithWebIdentity")},
    }
    settings = {"keytab_file": krb.keytab, "realms": ["EXAMPLE.TEST"], "roles": ["admin", "reader"], "s3": True,
                "principals": ["HTTP/localhost@EXAMPLE.TEST", "HTTP/gateway.example.test@EXAMPLE.TEST"]}
    settings.update(provider or {})
    return render(identities={"roles": roles}, kerberos={"main": settings}, **more)


@pytest.fixture(scope="module")
def krb():
    with Kerberos() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(krb):
    with Gateway(config(krb)) as running:
        s3 = running.client()
        s3.create_bucket(Bucket="data")
        for key in ("k", "home/alice/k", "home/bob/k"):
            s3.put_object(Bucket="data", Key=key, Body=b"data")
        yield running


@pytest.fixture(scope="module")
def tickets(krb):
    made = {name: krb.kinit(name) for name in ("alice", "bob", "carol", "robot/batch", "alice@OTHER.TEST",
                                               "WELLKNOWN/guest")}
    for file in made.values():
        krb.get(file, "HTTP/localhost@EXAMPLE.TEST")
    return made


def url(gateway, path):
    return f"https://localhost:{gateway.port}{path}"


def curl(krb, gateway, tickets, path, *arguments):
    done = subprocess.run(
        ["curl", "-sS", "-i", "--cacert", gateway.ca, "--max-time", "20", "--negotiate", "-u", ":", *arguments,
         url(gateway, path)], env=krb.environment(tickets), capture_output=True, timeout=40)
    assert done.returncode == 0, done.stderr
    head, _, body = done.stdout.decode().rpartition("\r\n\r\n")
    last = head.split("\r\n\r\n")[-1]
    return int(last.split()[1]), last, body


def ask(gateway, path=LOGIN, method="POST", body=None, **headers):
    """One request as it is; header names by keyword."""
    request = urllib.request.Request(url(gateway, path), method=method, data=body)
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=gateway.ca)))
    try:
        with opener.open(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def code(body):
    return re.search("<Code>(.*?)</Code>", body).group(1)


def keys(body):
    document = xml.etree.ElementTree.fromstring(body)
    found = {}
    for element in document.iter():
        found[element.tag.rpartition("}")[2]] = element.text
    return found


def s3_of(gateway, body):
    found = keys(body)
    return gateway.client(access_key=found["AccessKeyId"], secret_key=found["SecretAccessKey"],
                          token=found["SessionToken"])


def role(name):
    return LOGIN + "&RoleArn=" + urllib.request.quote(role_arn(name), safe="")


# --- AssumeRoleWithKerberos


def test_curl_trades_a_ticket_for_keys(krb, gateway, tickets):
    status, head, body = curl(krb, gateway, tickets["alice"], LOGIN, "-X", "POST")
    assert status == 200, body
    # The mutual answer: curl itself fails where it does not verify.
    assert re.search(r"(?im)^www-authenticate: negotiate [A-Za-z0-9+/]+=*\r?$", head), head
    found = keys(body)
    assert found["KerberosPrincipal"] == "alice@EXAMPLE.TEST"
    assert found["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/alice@EXAMPLE.TEST"
    s3 = s3_of(gateway, body)
    assert s3.get_object(Bucket="data", Key="k")["Body"].read() == b"data"
    with denied():
        s3.put_object(Bucket="data", Key="k", Body=b"no")
    done = gateway.aws("s3", "cp", "s3://data/k", "-", access_key=found["AccessKeyId"],
                       secret_key=found["SecretAccessKey"], token=found["SessionToken"])
    assert done.stdout == "data"
    # Another principal, another role.
    status, _, body = curl(krb, gateway, tickets["carol"], LOGIN, "-X", "POST")
    assert status == 200, body
    s3_of(gateway, body).put_object(Bucket="data", Key="carol", Body=b"yes")


@pytest.mark.parametrize("who,wanted,allowed", [
    ("alice", "reader", True), ("bob", "reader", False), ("bob", "home", True), ("alice", "admin", False),
    ("alice", "foreign", False), ("alice", "elsewhere", False), ("alice", "oidc-only", False),
    ("alice", "missing", False), ("robot/batch", "home", True),
])
def test_roles_by_principal_and_realm(krb, gateway, tickets, who, wanted, allowed):
    status, _, body = ask(gateway, role(wanted), Authorization=krb.header(tickets[who]))
    if allowed:
        assert status == 200, body
    else:
        assert (status, code(body)) == (403, "AccessDenied"), body
        assert f"Not authorized to perform {ACTION}" in body


def test_nobody_without_a_role(krb, gateway, tickets):
    status, _, body = ask(gateway, Authorization=krb.header(tickets["bob"]))
    assert (status, code(body)) == (403, "AccessDenied")


def test_names_become_homes(krb, gateway, tickets):
    s3 = s3_of(gateway, ask(gateway, role("home"), Authorization=krb.header(tickets["bob"]))[2])
    s3.put_object(Bucket="data", Key="home/bob/new", Body=b"1")
    with denied():
        s3.get_object(Bucket="data", Key="home/alice/k")
    # No rule has a name for it: the variable stands for nothing.
    robot = s3_of(gateway, ask(gateway, role("home"), Authorization=krb.header(tickets["robot/batch"]))[2])
    with denied():
        robot.get_object(Bucket="data", Key="home/bob/k")


def test_without_a_ticket_comes_the_challenge(krb, gateway, tickets):
    for method in ("POST", "GET"):
        status, headers, body = ask(gateway, method=method)
        assert (status, headers["WWW-Authenticate"]) == (401, "Negotiate"), body
        assert code(body) == "MissingAuthenticationToken"
    assert ask(gateway, Authorization=krb.header(tickets["alice"]))[0] == 200
    # A signature is no ticket, and a ticket no web identity.
    with refused("InvalidIdentityToken"):
        client = gateway.client("sts")
        client.meta.events.register("before-call.sts.GetCallerIdentity", lambda params, **_: params["body"].update(
            Action="AssumeRoleWithKerberos"))
        client.get_caller_identity()
    form = f"/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=x1&WebIdentityToken=xxxx&RoleArn={role_arn('reader')}"
    assert ask(gateway, form, Authorization=krb.header(tickets["alice"]))[0] == 400


def test_a_connection_is_nobodys(krb, gateway, tickets):
    """Two requests on one connection, the ticket on the first alone."""
    import http.client
    context = ssl.create_default_context(cafile=gateway.ca)
    connection = http.client.HTTPSConnection("localhost", gateway.port, context=context, timeout=20)
    connection.request("GET", "/data/k", headers={"Authorization": krb.header(tickets["alice"])})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"data")
    socket = connection.sock
    connection.request("GET", "/data/k")
    answer = connection.getresponse()
    answer.read()
    assert connection.sock is socket and answer.status == 401
    connection.close()


def test_replays(krb, gateway, tickets):
    header = krb.header(tickets["alice"])
    assert ask(gateway, Authorization=header)[0] == 200
    for _ in range(2):
        status, _, body = ask(gateway, Authorization=header)
        assert (status, code(body)) == (400, "InvalidIdentityToken")
    # Nor does it get better elsewhere.
    status, _, body = ask(gateway, "/data/k", "GET", Authorization=header)
    assert (status, code(body)) == (400, "InvalidToken")
    assert ask(gateway, Authorization=krb.header(tickets["alice"]))[0] == 200


def test_replays_are_remembered_over_restarts(krb, tickets):
    with Gateway(config(krb)) as first:
        header = krb.header(tickets["alice"])
        assert ask(first, Authorization=header)[0] == 200
        first.stop()
        first.start()
        assert ask(first, Authorization=header)[0] == 400
        assert ask(first, Authorization=krb.header(tickets["alice"]))[0] == 200


def test_who_stays_out(krb, gateway, tickets):
    for who in ("alice@OTHER.TEST", "WELLKNOWN/guest"):
        status, _, body = ask(gateway, role("home"), Authorization=krb.header(tickets[who]))
        assert (status, code(body)) == (403, "IDPRejectedClaim"), (who, body)
    # A service whose key is in the keytab, and which this gateway is not.
    krb.get(tickets["alice"], "ldap/localhost@EXAMPLE.TEST")
    status, _, body = ask(gateway, Authorization=krb.header(tickets["alice"], "ldap/localhost@EXAMPLE.TEST"))
    assert (status, code(body)) == (400, "InvalidIdentityToken")
    # One that it has no key of.
    krb.get(tickets["alice"], "HTTP/stale.example.test@EXAMPLE.TEST")
    status, _, body = ask(gateway, Authorization=krb.header(tickets["alice"], "HTTP/stale.example.test@EXAMPLE.TEST"))
    assert (status, code(body)) == (400, "InvalidIdentityToken")
    krb.get(tickets["alice"], "HTTP/gateway.example.test@EXAMPLE.TEST")
    other = krb.header(tickets["alice"], "HTTP/gateway.example.test@EXAMPLE.TEST")
    assert ask(gateway, Authorization=other)[0] == 200


def test_other_settings(krb, tickets):
    """A stale key, another realm let in, rules, bindings: one gateway, reloaded."""
    with Gateway(config(krb)) as gateway:
        gateway.reload(config(krb, {"keytab_file": krb.stale_keytab,
                                    "principals": ["HTTP/stale.example.test@EXAMPLE.TEST"]}))
        krb.get(tickets["alice"], "HTTP/stale.example.test@EXAMPLE.TEST")
        stale = krb.header(tickets["alice"], "HTTP/stale.example.test@EXAMPLE.TEST")
        status, _, body = ask(gateway, Authorization=stale)
        assert (status, code(body)) == (400, "InvalidIdentityToken")

        gateway.reload(config(krb, {"realms": ["EXAMPLE.TEST", "OTHER.TEST"]}))
        foreign = ask(gateway, role("foreign"), Authorization=krb.header(tickets["alice@OTHER.TEST"]))
        assert foreign[0] == 200, foreign
        # The other realm's alice is not this one's.
        assert ask(gateway, role("reader"), Authorization=krb.header(tickets["alice@OTHER.TEST"]))[0] == 403
        found = keys(foreign[2])
        assert found["KerberosPrincipal"] == "alice@OTHER.TEST"
        # A realm, or a whole provider, that is gone takes its sessions along.
        gateway.client().create_bucket(Bucket="data")
        gateway.client().put_object(Bucket="data", Key="k", Body=b"data")
        client = s3_of(gateway, foreign[2])
        client.get_object(Bucket="data", Key="k")
        gateway.reload(config(krb).replace("main:", "renamed:").replace("provider/main", "provider/renamed"))
        with refused("InvalidToken"):
            client.get_object(Bucket="data", Key="k")

        gateway.reload(config(krb, {"rules": ["RULE:[2:$1-$2](robot-.*)"]}))
        status, _, body = ask(gateway, Authorization=krb.header(tickets["alice"]))
        assert (status, code(body)) == (403, "IDPRejectedClaim")
        assert ask(gateway, role("home"), Authorization=krb.header(tickets["robot/batch"]))[0] == 200


def binding(gateway):
    pem = ssl.get_server_certificate(("localhost", gateway.port))
    certificate = x509.load_pem_x509_certificate(pem.encode())
    algorithm = certificate.signature_hash_algorithm
    digest = hashes.Hash(algorithm)
    digest.update(certificate.public_bytes(serialization.Encoding.DER))
    return b"tls-server-end-point:" + digest.finalize()


def test_channel_bindings(krb, gateway, tickets):
    right, wrong = binding(gateway), b"tls-server-end-point:" + hashlib.sha256(b"another").digest()
    assert ask(gateway, Authorization=krb.header(tickets["alice"], binding=right))[0] == 200
    status, _, body = ask(gateway, Authorization=krb.header(tickets["alice"], binding=wrong))
    assert (status, code(body)) == (400, "InvalidIdentityToken")
    with Gateway(config(krb, {"channel_binding": "required"})) as strict:
        # Another certificate: the right one there is a wrong one here.
        assert ask(strict, Authorization=krb.header(tickets["alice"], binding=binding(strict)))[0] == 200
        for bound in (None, wrong, right):
            status, _, body = ask(strict, Authorization=krb.header(tickets["alice"], binding=bound))
            assert (status, code(body)) == (400, "InvalidIdentityToken"), bound


def hostile(krb, file):
    good = krb.token(file)
    yield "empty", b""
    yield "one byte", b"\x60"
    yield "ntlm", b"NTLMSSP\0\x01\0\0\0" + bytes(40)
    yield "an answer", b"\xa1\x1a" + b"\x30" * 26
    yield "cut", good[:-1]
    yield "longer", good + b"\0"
    yield "three legs", krb.token(file, flags=kerberos.MUTUAL | kerberos.DCE_STYLE)
    middle = bytearray(krb.token(file))
    middle[len(middle) // 2] ^= 1
    yield "changed", bytes(middle)
    last = bytearray(krb.token(file))
    last[-1] ^= 1
    yield "changed at the end", bytes(last)
    yield "45 KB of nothing", b"\x60\x82\xaf\xc8\x06\x06\x2b\x06\x01\x05\x05\x02" + bytes(0xafc8 - 8)


def test_hostile_tokens(krb, gateway, tickets):
    for name, token in hostile(krb, tickets["alice"]):
        header = "Negotiate " + base64.b64encode(token).decode()
        status, _, body = ask(gateway, Authorization=header)
        assert (status, code(body)) == (400, "InvalidIdentityToken"), name
    for header in ("Negotiate", "Negotiate !!!!", "Negotiate YIIC=", "Negotiate a b"):
        status, _, body = ask(gateway, Authorization=header)
        assert (status, code(body)) == (400, "InvalidIdentityToken"), header
    # Without SPNEGO around it, and without mutual authentication, as some clients do.
    assert ask(gateway, Authorization=krb.header(tickets["alice"], mechanism=kerberos.KRB5))[0] == 200
    status, headers, _ = ask(gateway, Authorization=krb.header(tickets["alice"], mechanism=kerberos.KRB5, flags=0))
    assert (status, headers["WWW-Authenticate"]) == (200, None)


def test_large_heads(krb, gateway, tickets):
    """A header of 60 KiB is read and refused for what it is; one above 64 KiB for its size."""
    token = b"\x60\x82\xb6\x00\x06\x06\x2b\x06\x01\x05\x05\x02" + bytes(0xb600 - 8)
    header = "Negotiate " + base64.b64encode(token).decode()
    assert 60 << 10 < len(header) < 62 << 10
    status, _, body = ask(gateway, Authorization=header)
    assert (status, code(body)) == (400, "InvalidIdentityToken")
    assert ask(gateway, Authorization=krb.header(tickets["alice"]), X_Padding="a" * (60 << 10))[0] == 200
    status, _, body = ask(gateway, Authorization="Negotiate " + "A" * (66 << 10))
    assert (status, code(body)) == (400, "BadRequest")
    with Gateway() as plain:
        status, _, body = ask(plain, Authorization=header)
        assert (status, code(body)) == (400, "BadRequest")
        status, _, body = ask(plain, Authorization=krb.header(tickets["alice"]))
        assert status == 400


def test_sessions_end_with_the_ticket(krb, gateway):
    short = krb.kinit("alice", "-l", "30m")
    krb.get(short, "HTTP/localhost@EXAMPLE.TEST")
    status, _, body = ask(gateway, LOGIN + "&DurationSeconds=3600", Authorization=krb.header(short))
    assert status == 200, body
    end = keys(body)["Expiration"]
    seconds = time.mktime(time.strptime(end, "%Y-%m-%dT%H:%M:%SZ")) - time.mktime(time.gmtime())
    assert 1700 < seconds <= 1800
    # Less is less.
    status, _, body = ask(gateway, LOGIN + "&DurationSeconds=900", Authorization=krb.header(short))
    end = keys(body)["Expiration"]
    assert time.mktime(time.strptime(end, "%Y-%m-%dT%H:%M:%SZ")) - time.mktime(time.gmtime()) <= 900


def test_expired_tickets(krb, gateway):
    file = krb.kinit("short")
    krb.get(file, "HTTP/localhost@EXAMPLE.TEST")
    headers = [krb.header(file) for _ in range(3)]
    assert ask(gateway, Authorization=headers[0])[0] == 200
    # Within the skew that the library allows it would still be good.
    end = time.monotonic() + 20
    while True:
        status, _, body = ask(gateway, "/data/k", "GET", Authorization=headers[1])
        if status != 200 or time.monotonic() > end:
            break
        headers[1] = headers[2]
        time.sleep(4)
    assert (status, code(body)) == (400, "ExpiredToken")


# --- S3


def test_curl_on_s3(krb, gateway, tickets):
    status, head, body = curl(krb, gateway, tickets["alice"], "/data/k")
    assert (status, body) == (200, "data")
    assert "egotiate " in head
    status, _, body = curl(krb, gateway, tickets["carol"], "/data/put", "-X", "PUT", "--data-binary", "by carol")
    assert status == 200, body
    assert curl(krb, gateway, tickets["alice"], "/data/put")[2] == "by carol"
    status, _, body = curl(krb, gateway, tickets["alice"], "/data/put", "-X", "PUT", "--data-binary", "no")
    assert (status, code(body)) == (403, "AccessDenied")
    # Nobody's role.
    status, _, body = curl(krb, gateway, tickets["bob"], "/data/k")
    assert (status, code(body)) == (403, "AccessDenied")
    assert curl(krb, gateway, tickets["alice@OTHER.TEST"], "/data/k")[0] == 403


def test_large_upload(krb, gateway, tickets, tmp_path):
    """curl waits for 100 Continue, which comes once the ticket is verified."""
    file = tmp_path / "large"
    file.write_bytes(os.urandom(3 << 20))
    status, _, body = curl(krb, gateway, tickets["carol"], "/data/large", "-T", file)
    assert status == 200, body
    assert gateway.client().get_object(Bucket="data", Key="large")["Body"].read() == file.read_bytes()
    # And where the client asks first what is wanted.
    done = subprocess.run(["curl", "-sS", "--cacert", gateway.ca, "--anyauth", "-u", ":", url(gateway, "/data/k")],
                          env=krb.environment(tickets["alice"]), capture_output=True, timeout=40)
    assert done.stdout == b"data", done.stderr


def test_no_kerberos_configuration(krb, tickets):
    """A host without krb5.conf: the keytab is all that it takes."""
    with Gateway(config(krb), environment={"KRB5_CONFIG": "/nonexistent/krb5.conf"}) as gateway:
        assert ask(gateway, Authorization=krb.header(tickets["alice"]))[0] == 200


def test_the_challenge_on_s3(krb, gateway, tickets):
    status, headers, body = ask(gateway, "/data/k", "GET")
    assert (status, headers["WWW-Authenticate"], code(body)) == (401, "Negotiate", "AccessDenied")
    # Whoever has brought something is told what is wrong with that.
    with denied():
        bad = s3_of(gateway, ask(gateway, Authorization=krb.header(tickets["alice"]))[2])
        bad.put_object(Bucket="data", Key="k", Body=b"no")
    status, headers, _ = ask(gateway, "/data/k", "PUT", b"x", Authorization=krb.header(tickets["alice"]))
    assert status == 403 and headers["WWW-Authenticate"] != "Negotiate"
    with Gateway(config(krb, {"s3": False})) as other:
        status, headers, _ = ask(other, "/data/k", "GET")
        assert status == 403 and headers["WWW-Authenticate"] is None
        status, _, body = ask(other, "/data/k", "GET", Authorization=krb.header(tickets["alice"]))
        assert status == 400
        assert ask(other, Authorization=krb.header(tickets["alice"]))[0] == 200


def test_one_way_at_a_time(krb, gateway, tickets):
    signed = gateway.client().generate_presigned_url("get_object", Params={"Bucket": "data", "Key": "k"})
    path = signed.removeprefix(gateway.endpoint)
    assert ask(gateway, path, "GET", Authorization=krb.header(tickets["alice"]))[0] == 400
    assert ask(gateway, "/data/k", "GET", Authorization=krb.header(tickets["alice"]), X_Amz_Security_Token="x")[0] == 400
    assert ask(gateway, "/data/k", "GET", Authorization=krb.header(tickets["alice"]))[0] == 200


def test_pages_of_others(krb, gateway, tickets):
    s3 = gateway.client()
    own = f"https://localhost:{gateway.port}"
    page = "https://page.example.com"

    def get(path="/data/k", method="GET", **headers):
        return ask(gateway, path, method, Authorization=krb.header(tickets["alice"]), **headers)[0]

    assert get() == 200
    assert get(Origin=own, Sec_Fetch_Site="same-origin") == 200
    assert get(Sec_Fetch_Site="none") == 200
    for headers in ({"Origin": page}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
                    {"Origin": "null"}, {"Origin": own, "Sec_Fetch_Site": "cross-site"},
                    {"Origin": own + ".example.com"}):
        assert get(**headers) == 403, headers
        assert get(LOGIN, "POST", **headers) == 403, headers

    def allow_origins(*origins):
        s3.put_bucket_cors(Bucket="data", CORSConfiguration={"CORSRules": [
            {"AllowedMethods": ["GET"], "AllowedOrigins": list(origins)}]})

    try:
        allow_origins(page)
        assert get(Origin=page, Sec_Fetch_Site="cross-site") == 200
        assert get(Origin="https://other.example.com") == 403
        assert get(Origin=page, method="DELETE") == 403
        # Logging in is nothing that a bucket's rules allow.
        assert get(LOGIN, "POST", Origin=page) == 403
        # Everybody's rule is for requests that are nobody's.
        allow_origins("*")
        assert get(Origin=page) == 403
    finally:
        s3.delete_bucket_cors(Bucket="data")


# --- Outages


def test_the_keytab_is_gone_and_comes_back(krb, tickets, tmp_path):
    keytab = tmp_path / "keytab"
    content = open(krb.keytab, "rb").read()
    keytab.write_bytes(content)
    keytab.chmod(0o600)
    with Gateway(config(krb, {"keytab_file": str(keytab)})) as gateway:
        assert ask(gateway, Authorization=krb.header(tickets["alice"]))[0] == 200
        keytab.unlink()
        assert ask(gateway, Authorization=krb.header(tickets["alice"]))[0] == 400
        keytab.write_bytes(content)
        assert ask(gateway, Authorization=krb.header(tickets["alice"]))[0] == 200


def test_logins_that_hang_bother_nobody_else(krb, tickets, tmp_path):
    """The keytab becomes a pipe that nobody writes to: every login hangs in the library."""
    keytab = tmp_path / "keytab"
    keytab.write_bytes(open(krb.keytab, "rb").read())
    keytab.chmod(0o600)
    with Gateway(config(krb, {"keytab_file": str(keytab)})) as gateway:
        s3 = gateway.client()
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="k", Body=b"data")
        assert ask(gateway, Authorization=krb.header(tickets["alice"]))[0] == 200

        def p99(count=300):
            times = []
            for _ in range(count):
                start = time.monotonic()
                s3.get_object(Bucket="data", Key="k")["Body"].read()
                times.append(time.monotonic() - start)
            return statistics.quantiles(times, n=100)[98]

        p99(50)
        before = p99()
        keytab.unlink()
        os.mkfifo(keytab)
        try:
            headers = [krb.header(tickets["alice"]) for _ in range(12)]
            with concurrent.futures.ThreadPoolExecutor(12) as pool:
                logins = [pool.submit(ask, gateway, Authorization=header) for header in headers]
                during = p99()
                answers = [login.result() for login in logins]
            assert [(status, code(body)) for status, _, body in answers] == [(503, "SlowDown")] * 12
            # Twice, and what a machine with other things to do may add.
            assert during < 2 * before + 0.05, (before, during)
        finally:
            # Whoever hangs reads an end.
            keytab.unlink()


def test_nothing_secret_is_written(krb, gateway, tickets):
    header = krb.header(tickets["alice"])
    status, _, body = ask(gateway, Authorization=header)
    assert status == 200
    secret = keys(body)["SecretAccessKey"]
    ask(gateway, Authorization=header)
    request = ask(gateway, "/data/k", "GET", Authorization=krb.header(tickets["alice"]))[1]["x-amz-request-id"]
    (record,) = gateway.audit_lines(request)
    assert "alice@EXAMPLE.TEST" in json.dumps(record)
    login = ask(gateway, Authorization=krb.header(tickets["bob"]))[1]["x-amz-request-id"]
    (record,) = gateway.audit_lines(login)
    assert record["principal"]["arn"] == PROVIDER and record["principal"]["id"].endswith(":bob@EXAMPLE.TEST"), record
    written = "\n".join(gateway.log) + json.dumps(gateway.audit_lines())
    assert not [line for line in gateway.log if re.search(r"\b(error|warning)\b", line.split(" ")[1])], gateway.log
    assert header[20:80] not in written and secret not in written


def test_groups_of_a_directory(krb):
    """Whom a ticket names, a directory knows: its groups count, and whom it has locked stays out."""
    with Directory() as directory:
        provider = {"directory": "corp", "roles": [], "rules": ["DEFAULT"], "policies": [
            {"claim": "groups", "value": f"cn=readers,{GROUPS}", "policies": ["readonly"]},
            {"claim": "groupNames", "value": "writers", "policies": ["readwrite"]}]}
        settings = directory.settings(refresh_interval="1s")
        with Gateway(config(krb, provider, ldap={"corp": settings})) as gateway:
            gateway.client().create_bucket(Bucket="data")
            url = f"https://localhost:{gateway.endpoint.rsplit(':', 1)[1]}/data"
            alice, carol = krb.kinit("alice"), krb.kinit("carol")

            def asked(tickets, *arguments):
                return subprocess.run(
                    ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--negotiate", "-u", ":", "--cacert",
                     str(gateway.ca), *arguments], env=krb.environment(tickets), capture_output=True, text=True,
                    timeout=20).stdout

            put = ["-T", __file__, f"{url}/k"]
            # Alice reads, and is a writer by her engineers; Carol is a writer herself. Bob is a reader alone.
            assert asked(alice, *put) == "200" and asked(carol, *put) == "200"
            bob = krb.kinit("bob")
            assert asked(bob, f"{url}/k") == "200" and asked(bob, *put) == "403"
            trade = ["-X", "POST", gateway.endpoint.replace("127.0.0.1", "localhost") + LOGIN]
            assert asked(bob, *trade) == "200"
            # Of a realm whose people no rule names: nobody in the directory.
            robot = krb.kinit("robot/batch")
            assert asked(robot, *trade) == "403"
            directory.modify(f"uid=bob,{PEOPLE}", "add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z")
            time.sleep(1.1)
            assert asked(bob, *trade) == "403" and asked(alice, *trade) == "200"
            directory.kill()
            time.sleep(1.1)
            assert asked(alice, *trade) == "400"
        text = config(krb, provider | {"directory": "none"}, ldap={"corp": settings})
        with pytest.raises(RuntimeError, match="none"), Gateway(text):
            pass


def test_zz_without_a_kdc(krb, gateway, tickets):
    """Last: tickets that were had before still verify, there and then."""
    krb.kill_kdc()
    assert subprocess.run(["kinit", "bob"], input=b"bob-pw-1\n", env=krb.environment(tickets["bob"]),
                          capture_output=True, timeout=60).returncode != 0
    status, _, body = curl(krb, gateway, tickets["alice"], LOGIN, "-X", "POST")
    assert status == 200, body
    assert curl(krb, gateway, tickets["alice"], "/data/k")[2] == "data"

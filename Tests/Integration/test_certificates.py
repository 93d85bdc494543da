"""AssumeRoleWithCertificate: chains, purposes, times and revocation, with OpenSSL's own authority and OCSP responder."""

import http.client
import json
import os
import socket
import ssl
import subprocess
import time
import urllib.parse
import xml.etree.ElementTree

import pytest

from authority import Authority
from gateway import BINARY, Gateway
from identities import ACCOUNT, allow, policy, render, role_arn, trust
from own_actions import credentials
from refusals import denied

IDENTITY = f"arn:aws:sts::{ACCOUNT}:federated-identity/machines/"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:certificate-provider/machines"


class Responder:
    """`openssl ocsp` behind a port of its own."""

    def __init__(self, authority, port):
        self.url = f"http://localhost:{port}"
        self.process = subprocess.Popen(
            ["openssl", "ocsp", "-port", str(port), "-index", authority.folder / "index.txt", "-CA",
             authority.certificate, "-rsigner", authority.certificate, "-rkey", authority.key, "-nmin", "1"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        # A connection that says nothing would keep it for ever: it tells when it listens.
        said = ""
        while "waiting for OCSP client connections" not in said:
            line = self.process.stdout.readline()
            assert line, said
            said += line

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Refusal(Exception):
    pass


def certificate_login(gateway, leaf, headers=None, method="POST", chain=(), connection=None, **parameters):
    context = ssl.create_default_context(cafile=str(gateway.ca))
    if leaf:
        file = leaf.certificate
        if chain:
            file = leaf.certificate.with_suffix(".chain")
            file.write_text("".join(path.read_text() for path in (leaf.certificate, *chain)))
        context.load_cert_chain(file, leaf.key)
    form = urllib.parse.urlencode({"Action": "AssumeRoleWithCertificate", "Version": "2011-06-15", **parameters})
    connection = connection or http.client.HTTPSConnection(gateway.endpoint.removeprefix("https://"), context=context,
                                                           timeout=20)
    # As MinIO's clients do: everything in the query.
    connection.request(method, "/?" + form, headers=headers or {})
    answer = connection.getresponse()
    document = xml.etree.ElementTree.fromstring(answer.read())
    if answer.status != 200:
        raise Refusal(answer.status, document.find(".//{*}Code").text)
    assert document.tag == "{https://sts.amazonaws.com/doc/2011-06-15/}AssumeRoleWithCertificateResponse"
    return {element.tag.split("}")[1]: element.text for element in document.iter()}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("certificates") / "ca", "Machines CA")


@pytest.fixture(scope="module")
def leaf(authority):
    return authority.make("robot")


def config(authority, others=None, **changes):
    settings = {"ca_file": str(authority.certificate), "policies": [
        {"claim": "organizationalUnit", "value": "backup", "policies": ["readonly"]}], **changes}
    roles = {"writer": {"policies": ["readwrite"], "trust_policy": trust(
        {"Federated": PROVIDER}, {"StringEquals": {"x509:commonName": "robot"}}, "sts:AssumeRoleWithCertificate")}}
    own = policy(allow("s3:PutObject", "arn:aws:s3:::data/home/${x509:commonName}/*"))
    return render(identities={"roles": roles, "policies": {"robot": own}},
                  certificates={"machines": settings, **(others or {})})


@pytest.fixture(scope="module")
def running(authority):
    with Gateway(config(authority)) as running:
        s3 = running.client()
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="k", Body=b"data")
        yield running


@pytest.fixture
def gateway(running, authority):
    yield running
    if running.config != config(authority):
        running.reload(config(authority))


def reads(gateway, found):
    return gateway.client(**credentials(found)).get_object(Bucket="data", Key="k")["Body"].read() == b"data"


def test_a_certificate_gives_keys(gateway, authority, leaf):
    found = certificate_login(gateway, leaf)
    assert reads(gateway, found)
    with denied():
        gateway.client(**credentials(found)).put_object(Bucket="data", Key="k", Body=b"no")
    who = gateway.client("sts", **credentials(found)).get_caller_identity()
    assert who["Arn"] == f"{IDENTITY}robot"
    role = certificate_login(gateway, leaf, RoleArn=role_arn("writer"), RoleSessionName="robot")
    gateway.client(**credentials(role)).put_object(Bucket="data", Key="k", Body=b"data")
    other = authority.make("other")
    with pytest.raises(Refusal, match="AccessDenied"):
        certificate_login(gateway, other, RoleArn=role_arn("writer"), RoleSessionName="other")
    # MinIO's way: the common name is the policy's.
    gateway.reload(config(authority, policies=[], policy_claim="commonName"))
    named = certificate_login(gateway, leaf)
    gateway.client(**credentials(named)).put_object(Bucket="data", Key="home/robot/k", Body=b"data")
    with denied():
        reads(gateway, named)
    [line] = [line for line in gateway.audit_lines() if line.get("operation") == "AssumeRoleWithCertificate"
              and line["status"] == 200][-1:]
    assert PROVIDER in json.dumps(line)


def test_keys_end_with_the_certificate(gateway, authority):
    soon = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + 1500))
    found = certificate_login(gateway, authority.make("robot", days=("-enddate", soon)))
    assert found["Expiration"] == time.strftime("%Y-%m-%dT%H:%M:%SZ", time.strptime(soon, "%Y%m%d%H%M%SZ"))
    short = certificate_login(gateway, authority.make("robot"), DurationSeconds="900")
    assert short["Expiration"] < found["Expiration"]


def test_what_proves_nothing(gateway, authority, leaf, tmp_path):
    stranger = Authority(tmp_path / "stranger", "Machines CA")
    future = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + 86_400))
    bad = {
        "none": None, "another authority's": stranger.make("robot"),
        "a server's": authority.make("robot", usage="serverAuth"), "of no purpose": authority.make("robot", usage=""),
        "of any purpose": authority.make("robot", usage="anyExtendedKeyUsage"),
        "over": authority.make("robot", days=("-startdate", "20200101000000Z", "-enddate", "20210101000000Z")),
        "not yet": authority.make("robot", days=("-startdate", future, "-days", "3")),
        "weak": authority.make("robot", key=["rsa:1024"]),
        "two people's": authority.make("robot", subject="/OU=backup/CN=robot/CN=admin"),
        "nobody's": authority.make("robot", subject="/OU=backup"),
    }
    for what, certificate in bad.items():
        try:
            with pytest.raises(Refusal, match="InvalidClientCertificate"):
                certificate_login(gateway, certificate)
        except ssl.SSLError as error:
            # OpenSSL's own client does not send what is that weak.
            assert what == "weak", error
        except BaseException:
            print(what)
            raise
    # Nor does a certificate that proves nothing keep anybody from anything else.
    context = ssl.create_default_context(cafile=str(gateway.ca))
    context.load_cert_chain(bad["another authority's"].certificate, bad["another authority's"].key)
    connection = http.client.HTTPSConnection(gateway.endpoint.removeprefix("https://"), context=context)
    connection.request("GET", "/")
    assert connection.getresponse().status == 403
    certificate_login(gateway, leaf)


def test_headers_are_no_certificates(gateway, leaf):
    text = urllib.parse.quote(leaf.certificate.read_text())
    for name in ("X-SSL-Client-Cert", "X-Forwarded-Client-Cert", "X-Amzn-Mtls-Clientcert", "SSL-Client-Cert", "Client-Cert"):
        with pytest.raises(Refusal, match="InvalidClientCertificate"):
            certificate_login(gateway, None, headers={name: text})


def test_pages_of_others_get_nothing(gateway, leaf):
    """Browsers present certificates without asking."""
    own = gateway.endpoint
    for headers in ({"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                    {"Sec-Fetch-Site": "same-site"}):
        for method in ("POST", "GET"):
            with pytest.raises(Refusal, match="AccessDenied"):
                certificate_login(gateway, leaf, headers=headers, method=method)
    certificate_login(gateway, leaf, headers={"Origin": own, "Sec-Fetch-Site": "same-origin"})


def test_intermediates(gateway, authority, tmp_path):
    middle = Authority(tmp_path / "middle", "Middle", issuer=authority)
    leaf = middle.make("robot")
    with pytest.raises(Refusal, match="InvalidClientCertificate"):
        certificate_login(gateway, leaf)
    certificate_login(gateway, leaf, chain=[middle.certificate])
    gateway.reload(config(authority, intermediates_file=str(middle.certificate)))
    certificate_login(gateway, leaf)
    # An intermediate is no authority of its own.
    gateway.reload(config(middle))
    with pytest.raises(Refusal, match="InvalidClientCertificate"):
        certificate_login(gateway, leaf)


@pytest.mark.parametrize("principal, found", [
    ("email", "robot@example.test"), ("dns", "robot.example.test"), ("uri", "spiffe://example.test/robot"),
    ("upn", "robot@EXAMPLE.TEST"), ("subject", "OU=backup,O=Example,CN=robot"),
])
def test_which_name_counts(gateway, authority, principal, found):
    leaf = authority.make("robot", names="email:robot@example.test,DNS:robot.example.test,URI:spiffe://example.test/robot,"
                                         "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:robot@EXAMPLE.TEST")
    gateway.reload(config(authority, principal=principal))
    who = gateway.client("sts", **credentials(certificate_login(gateway, leaf))).get_caller_identity()
    assert who["Arn"] == IDENTITY + found
    if principal != "subject":
        with pytest.raises(Refusal, match="InvalidClientCertificate"):
            certificate_login(gateway, authority.make("robot"))


def test_revocation_lists(gateway, authority, leaf):
    lost = authority.make("robot")
    gateway.reload(config(authority, crl_files=[str(authority.revocation_list())]))
    certificate_login(gateway, lost)
    authority.revoke(lost)
    certificate_login(gateway, lost)
    # Read anew when the file changes, on connections that were there before as well.
    context = ssl.create_default_context(cafile=str(gateway.ca))
    context.load_cert_chain(lost.certificate, lost.key)
    connection = http.client.HTTPSConnection(gateway.endpoint.removeprefix("https://"), context=context)
    certificate_login(gateway, lost, connection=connection)
    authority.revocation_list()
    for again in (None, connection):
        with pytest.raises(Refusal, match="InvalidClientCertificate"):
            certificate_login(gateway, lost, connection=again)
    certificate_login(gateway, leaf)
    # A list that is over says nothing, and without one nobody comes in.
    authority.revocation_list("-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20200102000000Z")
    with pytest.raises(Refusal, match="InvalidClientCertificate"):
        certificate_login(gateway, leaf)


def test_ocsp(gateway, authority, leaf, free_port):
    revoked = authority.make("robot")
    authority.revoke(revoked)
    with Responder(authority, free_port) as responder:
        settings = config(authority, ocsp="required", ocsp_url=responder.url, timeout="2s")
        gateway.reload(settings)
        certificate_login(gateway, leaf)
        with pytest.raises(Refusal, match="InvalidClientCertificate"):
            certificate_login(gateway, revoked)
        another = authority.make("robot")
    # No answer is no login, but one that was given holds.
    with pytest.raises(Refusal, match="IDPCommunicationError"):
        certificate_login(gateway, another)
    certificate_login(gateway, leaf)
    # One that names no responder, where none is set.
    gateway.reload(config(authority, ocsp="required"))
    with pytest.raises(Refusal, match="IDPCommunicationError"):
        certificate_login(gateway, another)


@pytest.fixture
def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def test_several_providers(gateway, authority, leaf, tmp_path):
    other = Authority(tmp_path / "other", "Other CA")
    people = {"people": {"ca_file": str(other.certificate), "policies": [{"policies": ["readwrite"]}]}}
    gateway.reload(config(authority, people))
    person = other.make("ann")
    who = gateway.client("sts", **credentials(certificate_login(gateway, person))).get_caller_identity()
    assert who["Arn"].endswith(":federated-identity/people/ann")
    certificate_login(gateway, leaf, ProviderId="machines")
    with pytest.raises(Refusal, match="InvalidClientCertificate"):
        certificate_login(gateway, leaf, ProviderId="people")


def test_martlet_login(gateway, leaf, tmp_path):
    done = subprocess.run(
        [str(BINARY), "login", "--certificate", "--certificate-file", str(leaf.certificate), "--key-file", str(leaf.key),
         "--endpoint-url", gateway.endpoint, "--ca-file", str(gateway.ca)],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert reads(gateway, found)

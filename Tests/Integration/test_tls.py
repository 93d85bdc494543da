"""TLS as operators and clients meet it: versions, names, client certificates, renewed certificates."""

import os
import shutil
import socket
import ssl
import subprocess
import time

import pytest

from gateway import Gateway
from identities import render
from wire import Wire, exchange, head


class Authority:
    """A CA in a folder, and the certificates it makes."""

    def __init__(self, folder, name="test"):
        self.folder, self.certificate, self.key = folder, folder / "ca.pem", folder / "ca.key"
        self.number = 0
        folder.mkdir(exist_ok=True)
        self.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.key,
                 "-out", self.certificate, "-subj", f"/CN={name} CA", "-days", "30")

    def run(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=30)

    def make(self, name, folder, names=("localhost",), key="ec", usage="serverAuth,clientAuth"):
        """`tls.crt` and `tls.key` in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.number += 1
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if key == "ec" else ["-newkey", "rsa:2048"]
        self.run("req", *kind, "-nodes", "-keyout", folder / "tls.key", "-out", folder / "tls.csr", "-subj", f"/CN={name}")
        (folder / "ext").write_text(f"subjectAltName={','.join('DNS:' + n for n in names)},IP:127.0.0.1\n"
                                    f"extendedKeyUsage={usage}\n")
        self.run("x509", "-req", "-in", folder / "tls.csr", "-CA", self.certificate, "-CAkey", self.key, "-set_serial",
                 str(self.number), "-days", "20", "-extfile", folder / "ext", "-out", folder / "tls.crt")
        os.chmod(folder / "tls.key", 0o600)
        return folder

    def context(self, certificate=None):
        context = ssl.create_default_context(cafile=str(self.certificate))
        if certificate:
            context.load_cert_chain(str(certificate / "tls.crt"), str(certificate / "tls.key"))
        return context


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def config(*folders, certificates=None, **tls):
    return render(certificates=certificates or {}, tls={"certificates": [{"certificate_file": str(f / "tls.crt"), "key_file": str(f / "tls.key")}
                                        for f in folders], "reload_interval": "1s", **tls})


def subject(gateway, context, name="localhost"):
    with Wire(gateway, context=context, name=name) as wire:
        assert wire.send(head(gateway, "GET", "/")).answer().status == 200
        return dict(part[0] for part in wire.socket.getpeercert()["subject"])["commonName"]


def versions(gateway, lowest, highest):
    context = ssl.create_default_context(cafile=gateway.ca)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = lowest, highest
    with Wire(gateway, context=context) as wire:
        assert wire.send(head(gateway, "GET", "/")).answer().status == 200
        return wire.socket.version(), wire.socket.cipher()[0]


def test_versions_and_suites(gateway):
    old, v12, v13 = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
    assert versions(gateway, v13, v13)[0] == "TLSv1.3"
    version, cipher = versions(gateway, v12, v12)
    assert version == "TLSv1.2" and cipher.startswith("ECDHE") and ("GCM" in cipher or "CHACHA20" in cipher)
    assert versions(gateway, old, v13)[0] == "TLSv1.3"
    for highest in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        with pytest.raises(OSError):
            versions(gateway, old, highest)
    context = ssl.create_default_context(cafile=gateway.ca)
    context.maximum_version = v12
    for suite in ("AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "AES128-GCM-SHA256"):
        context.set_ciphers(suite + ":@SECLEVEL=0")
        with pytest.raises(OSError):
            Wire(gateway, context=context)


def test_minimum_version():
    with Gateway(render(tls={"minimum_version": "1.3"})) as gateway:
        assert versions(gateway, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)[0] == "TLSv1.3"
        with pytest.raises(OSError):
            versions(gateway, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)


def test_protocols(gateway):
    for offered, chosen in [(["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1"), ([], None)]:
        context = ssl.create_default_context(cafile=gateway.ca)
        if offered:
            context.set_alpn_protocols(offered)
        with Wire(gateway, context=context) as wire:
            assert wire.socket.selected_alpn_protocol() == chosen
            assert wire.send(head(gateway, "GET", "/")).answer().status == 200


def test_resumption(gateway):
    context = ssl.create_default_context(cafile=gateway.ca)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with Wire(gateway, context=context) as wire:
        assert not wire.socket.session_reused
        session = wire.socket.session
    raw = socket.create_connection(("127.0.0.1", gateway.port), timeout=10)
    with context.wrap_socket(raw, server_hostname="localhost", session=session) as again:
        assert again.session_reused
        again.sendall(head(gateway, "GET", "/"))
        assert again.recv(100).startswith(b"HTTP/1.1 200")


def test_a_stranger_is_not_believed(gateway):
    with pytest.raises(ssl.SSLCertVerificationError):
        Wire(gateway, context=ssl.create_default_context())
    with pytest.raises(ssl.SSLCertVerificationError):
        Wire(gateway, name="another.example")
    Wire(gateway).close()


def test_names(authority, tmp_path):
    first = authority.make("first", tmp_path / "first", ["localhost", "first.example"])
    second = authority.make("second", tmp_path / "second", ["second.example", "*.second.example"], key="rsa")
    with Gateway(config(first, second)) as gateway:
        context = authority.context()
        for name, expected in [("first.example", "first"), ("second.example", "second"),
                               ("bucket.second.example", "second"), ("SECOND.example", "second"),
                               ("localhost", "first")]:
            assert subject(gateway, context, name) == expected, name
        # For a name of nobody the first; the client is who minds.
        with pytest.raises(ssl.SSLCertVerificationError):
            Wire(gateway, context=context, name="third.example")
        context.check_hostname = False
        assert subject(gateway, context, "third.example") == "first"
        assert subject(gateway, context, None) == "first"


def test_client_certificates(authority, tmp_path):
    server = authority.make("server", tmp_path / "server")
    trusted = authority.make("client", tmp_path / "client")
    other = Authority(tmp_path / "other", "other")
    stranger = other.make("stranger", tmp_path / "stranger")
    with Gateway(config(server)) as gateway:
        # Nobody asks: whatever a client has in store never fails a handshake.
        for certificate in (None, trusted, stranger):
            assert subject(gateway, authority.context(certificate)) == "server"
    with Gateway(config(server, certificates={"machines": {"ca_file": str(authority.certificate)}})) as gateway:
        # Asked for: still nobody must have one, and a stranger's proves nothing but harms nobody.
        for certificate in (None, trusted, stranger):
            assert subject(gateway, authority.context(certificate)) == "server"


def test_renewed_certificates(authority, tmp_path):
    """As Kubernetes does it: the files are links into a folder that one more link names, and that is swapped."""
    mount = tmp_path / "mount"
    authority.make("before", mount / "..1")
    (mount / "..data").symlink_to("..1")
    for name in ("tls.crt", "tls.key"):
        (mount / name).symlink_to(f"..data/{name}")

    def swap(folder):
        (mount / "..new").symlink_to(folder)
        (mount / "..new").replace(mount / "..data")

    def becomes(gateway, name):
        end = time.monotonic() + 10
        while subject(gateway, authority.context()) != name:
            assert time.monotonic() < end, f"still not {name}"
            time.sleep(0.1)
    with Gateway(config(mount)) as gateway, Wire(gateway, context=authority.context()) as living:
        assert living.send(head(gateway, "GET", "/")).answer().status == 200
        assert subject(gateway, authority.context()) == "before"
        authority.make("after", mount / "..2")
        swap("..2")
        becomes(gateway, "after")
        # The connection from before goes on.
        assert living.send(head(gateway, "GET", "/")).answer().status == 200
        # What is no pair, or no certificate at all, is logged and changes nothing.
        for number, spoil in enumerate((
                lambda f: (f / "tls.crt").write_text("no certificate"),
                lambda f: shutil.copy(mount / "..1" / "tls.key", f / "tls.key"),
                lambda f: (f / "tls.key").unlink()), 3):
            spoil(authority.make("bad", mount / f"..{number}"))
            before = len(gateway.log)
            swap(f"..{number}")
            gateway.await_log("certificates stay as they were", before)
            assert subject(gateway, authority.context()) == "after"
        # And the next good one is taken.
        authority.make("last", mount / "..9")
        swap("..9")
        becomes(gateway, "last")
        assert living.send(head(gateway, "GET", "/")).answer().status == 200


def test_generated_certificate(gateway):
    """Its CA alone is enough for clients, and it names what people type."""
    for name in ("localhost",):
        with Wire(gateway, name=name) as wire:
            names = [value for kind, value in wire.socket.getpeercert()["subjectAltName"]]
            assert "localhost" in names and "127.0.0.1" in names
    with Wire(gateway, name="127.0.0.1") as wire:
        assert wire.send(head(gateway, "GET", "/")).answer().status == 200

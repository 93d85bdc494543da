#!/usr/bin/env python3
"""What logging in costs with each kind of provider, real servers all: CPU of a login and how many a second, beside a 1 KiB
GET with a bearer token and with a signature. One worker, driven by wrk; medians over the rounds.

CPU is the gateway's own, user and system, and includes TLS, the decision and the audit line, as in bench.py; what a
directory's server does is not in it. A client certificate is driven by one connection of Python, so its rate is that
client's.
"""

import argparse
import http.client
import pathlib
import shutil
import ssl
import statistics
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Integration"))

import bench  # noqa: E402
from authority import Authority  # noqa: E402
from issuer import Issuer  # noqa: E402
from kerberos import Kerberos  # noqa: E402
from ldap import Directory  # noqa: E402

OBJECT = f"/{bench.BUCKET}/1k"
# More than there is time for.
TICKETS = 6_000
POLICIES = [{"policies": ["bench-readwrite"]}]

# Each ticket once: a gateway takes none twice.
REPLAY = """
local tickets, index = {}, 0
init = function() for line in io.lines("%s") do tickets[#tickets + 1] = line end end
request = function()
  index = index + 1
  if index >= #tickets then wrk.thread:stop() end
  return wrk.format("POST", "%s", {["Authorization"] = "Negotiate " .. tickets[math.min(index, #tickets)]})
end
"""


def form(action, **parameters):
    return urllib.parse.urlencode({"Action": action, "Version": "2011-06-15", **parameters})


def call(action, **parameters):
    return bench.static_script("POST", {"content-type": "application/x-www-form-urlencoded"},
                               f'"{form(action, **parameters)}"')


def tickets(kerberos, folder, count):
    import base64
    held, path = kerberos.kinit("alice"), folder / "tickets"
    path.write_text("".join(base64.b64encode(kerberos.token(held)).decode() + "\n" for _ in range(count)))
    return path


def by_certificate(process, port, leaf, seconds):
    # As wrk does: whose the gateway is, is not what is measured.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(leaf.certificate, leaf.key)
    connection = http.client.HTTPSConnection("localhost", port, context=context)
    path, count = "/?" + form("AssumeRoleWithCertificate"), 0
    before, start = bench.cpu_seconds(process.pid), time.time()
    while time.time() < start + seconds:
        connection.request("POST", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(body)
        count += 1
    return {"cpu_us": (bench.cpu_seconds(process.pid) - before) / count * 1e6, "requests/s": count / (time.time() - start)}


def measure(bench_, upstream, servers, seconds, report):
    directory, kerberos, issuer, authority, leaf = servers
    settings = {
        "openid": {"main": {"issuer": issuer.url, "audiences": ["gateway"], "ca_file": issuer.ca, "bearer": True,
                            "policies": POLICIES}},
        "ldap": {"corp": directory.settings(policies=POLICIES, refresh_interval="5m")},
        "kerberos": {"realm": {"keytab_file": kerberos.keytab, "principals": ["HTTP/localhost@EXAMPLE.TEST"],
                               "policies": POLICIES}},
        "certificates": {"machines": {"ca_file": str(authority.certificate), "policies": POLICIES}}}
    process, port = bench_.start_martlet(upstream, settings)
    bench_.check_cipher(port)
    token = issuer.token(claims={"exp": "+36000"})
    scripts = {"OpenID token (ES256)": call("AssumeRoleWithWebIdentity", WebIdentityToken=token),
               "name and password (LDAP)": call("AssumeRoleWithLDAPIdentity", LDAPUsername="alice", LDAPPassword="alice-pw-1")}
    for name, script in scripts.items():
        bench_.load(process, port, "/", 16, 1, script)
        report(name, bench_.load(process, port, "/", 16, seconds, script))
    path = tickets(kerberos, bench_.folder, TICKETS)
    login = "/?" + form("AssumeRoleWithKerberos")
    report("Kerberos ticket", bench_.load(process, port, "/", 8, 1, REPLAY % (path, login)))
    report("client certificate", by_certificate(process, port, leaf, seconds))
    headers = bench.signed_headers("GET", OBJECT, f"localhost:{port}", "UNSIGNED-PAYLOAD")
    gets = {"1 KiB GET, signed": headers, "1 KiB GET, bearer token": {"authorization": f"Bearer {token}"}}
    for name, headers in gets.items():
        script = bench.static_script("GET", headers)
        bench_.load(process, port, OBJECT, 32, 1, script)
        report(name, bench_.load(process, port, OBJECT, 32, seconds, script))
    bench_.stop(process)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    arguments = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="martlet-bench."))
    folder.chmod(0o711)
    bench_ = bench.Bench(folder)
    figures = {}

    def report(name, row):
        print(f"{name}: {row['cpu_us']:.1f} µs", file=sys.stderr)
        figures.setdefault(name, []).append(row)

    try:
        bench_.certificate()
        upstream = bench_.upstream()
        authority = Authority(folder / "machines", "Machines CA")
        with Directory() as directory, Kerberos() as kerberos, Issuer() as issuer:
            servers = directory, kerberos, issuer, authority, authority.make("robot")
            for _ in range(arguments.rounds):
                measure(bench_, upstream, servers, arguments.seconds, report)
    finally:
        for process in list(bench_.processes):
            bench_.stop(process)
        if sys.exc_info()[0] is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"logs are in {folder}", file=sys.stderr)
    print("| login or request | CPU µs | per second |")
    print("|---|---:|---:|")
    for name, rows in figures.items():
        cpu, rate = (statistics.median(row[key] for row in rows) for key in ("cpu_us", "requests/s"))
        print(f"| {name} | {cpu:.1f} | {rate:.0f} |")


if __name__ == "__main__":
    main()

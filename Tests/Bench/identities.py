#!/usr/bin/env python3
"""What many identities cost: start-up, memory, a signed 1 KiB GET, and a change, with 10 and with a million users.

Gateways with few and with many run side by side and are driven in turn, so that what disturbs the machine disturbs both;
figures are medians over the rounds. Users have one access key and one group each; ten managed policies are attached to
every group. CPU is the gateway's own, as in bench.py.
"""

import argparse
import hashlib
import http.client
import os
import pathlib
import random
import re
import shutil
import ssl
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse

import bench
import identitystore
import sessions

CONFIG = """
threads: 1
authorization: {{policies: {policies}}}
backends:
  store:
    type: s3
    endpoint: http://127.0.0.1:{upstream}
    access_key: STOREACCESSKEY000001
    secret_key_file: {secret}
"""


class Gateway:
    """One gateway with a store of its own."""

    def __init__(self, bench_, upstream, name, users, policies=10):
        self.bench, self.name, self.users = bench_, name, users
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}.", dir=bench_.folder))
        secret = self.folder / "store-secret"
        secret.write_text("store-secret-key-0123456789abcdefghijk")
        secret.chmod(0o600)
        (self.folder / "martlet.yaml").write_text(
            CONFIG.format(policies=bench.ROOT / "policies", upstream=upstream, secret=secret))
        # The first start makes the schema and the key ring.
        self.start()
        self.empty_kib = self.resident_kib()
        self.bench.stop(self.process)
        self.root = self.root_keys()
        data = self.folder / "data"
        identitystore.fill(data / "identity.db", data / "keyring.json", users, bench.ACCOUNT, bench.BUCKET,
                           policies=policies)
        self.file_bytes = (data / "identity.db").stat().st_size
        self.start_seconds = self.start()
        self.full_kib = self.resident_kib()

    def start(self):
        self.port = bench.free_port()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MARTLET_")}
        started = time.monotonic()
        self.process = self.bench.spawn(
            [str(bench.MARTLET), "serve", "--data", str(self.folder / "data"), "--config",
             str(self.folder / "martlet.yaml"), "--listen", f"127.0.0.1:{self.port}", "--operations", "127.0.0.1:0"],
            "martlet", env=environment)
        bench.wait_port(self.port, self.process, 600)
        return time.monotonic() - started

    def root_keys(self):
        text = (self.folder / "data/root.json").read_text()
        find = lambda name: re.search(f'"{name}" *: *"([^"]+)"', text).group(1)
        return find("access_key_id"), find("secret_access_key")

    def resident_kib(self, member="VmRSS"):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{member}:\s+(\d+) kB", status).group(1))

    def get(self, numbers, turns, seconds):
        credentials = [(identitystore.access_key(n), identitystore.secret_key(n), None) for n in numbers]
        return sessions.get(self.bench, self.process, self.port, credentials, turns, seconds)

    def connect(self):
        context = ssl.create_default_context(cafile=str(self.folder / "data/tls/ca.pem"))
        connection = http.client.HTTPSConnection("localhost", self.port, context=context, timeout=120)
        connection.connect()
        return connection

    def call(self, connection, action, **parameters):
        body = urllib.parse.urlencode({"Action": action, "Version": "2010-05-08", **parameters})
        headers = bench.signed_headers("POST", "/", f"localhost:{self.port}", hashlib.sha256(body.encode()).hexdigest(),
                                       "iam", credentials=self.root)
        connection.request("POST", "/", body, headers | {"content-type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(f"{action}: {answer.status} {text}")
        return text

    def status_of_get(self, connection, number):
        headers = bench.signed_headers("GET", sessions.OBJECT, f"localhost:{self.port}", "UNSIGNED-PAYLOAD",
                                       credentials=(identitystore.access_key(number), identitystore.secret_key(number)))
        connection.request("GET", sessions.OBJECT, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def milliseconds(work):
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def changes(gateway, count):
    """Milliseconds of IAM calls, and of calls with the request after them that must see their effect."""
    iam, s3 = gateway.connect(), gateway.connect()
    times = {}

    def note(name, work):
        times.setdefault(name, []).append(milliseconds(work))

    for number in random.Random(7).sample(range(gateway.users), count):
        name = f"bench-{number}"
        note("CreateUser", lambda: gateway.call(iam, "CreateUser", UserName=name))
        note("DeleteUser", lambda: gateway.call(iam, "DeleteUser", UserName=name))
        for status, expected in (("Inactive", 403), ("Active", 200)):
            def switch():
                gateway.call(iam, "UpdateAccessKey", UserName=identitystore.user_name(number), Status=status,
                             AccessKeyId=identitystore.access_key(number))
                found = gateway.status_of_get(s3, number)
                if found != expected:
                    raise RuntimeError(f"{found} instead of {expected} after {status}")
            note("UpdateAccessKey, and a request that sees it", switch)
        note("ListUsers, a page of 100", lambda: gateway.call(iam, "ListUsers", MaxItems="100"))
    return {name: statistics.median(values) for name, values in times.items()}


def longest_stall(gateway, action, **parameters):
    """How long other requests wait at most while an administrator's call is answered, and how long that takes."""
    done, waits = threading.Event(), []

    def ask():
        connection = gateway.connect()
        while not done.is_set():
            waits.append(milliseconds(lambda: gateway.status_of_get(connection, 0)))

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.3)
    try:
        connection = gateway.connect()
        took = milliseconds(lambda: gateway.call(connection, action, **parameters))
    finally:
        done.set()
        thread.join()
    return took, max(waits)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--policies", type=int, default=10_000)
    arguments = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="martlet-bench."))
    folder.chmod(0o711)
    bench_ = bench.Bench(folder)
    figures = {}

    def report(name, column, value):
        print(f"{name}, {column}: {value:.1f} µs", file=sys.stderr)
        figures.setdefault(name, {}).setdefault(column, []).append(value)

    try:
        bench_.certificate()
        upstream = bench_.upstream()
        few = Gateway(bench_, upstream, "few", 10)
        print("filling the store", file=sys.stderr)
        many = Gateway(bench_, upstream, "many", arguments.users)
        policies = Gateway(bench_, upstream, "policies", 10, arguments.policies)
        draw = random.Random(1)
        ten = draw.sample(range(arguments.users), 10)
        each_once = draw.sample(range(arguments.users), min(20_000, arguments.users))
        for gateway, numbers in ((few, range(10)), (many, ten), (policies, range(10))):
            gateway.get(numbers, True, 1)
        for round_number in range(arguments.rounds):
            seconds = arguments.seconds
            for name, gateway, numbers in (("few", few, range(10)), ("many", many, ten), ("policies", policies, range(10))):
                report("1 KiB GET, ten keys in turn", name, gateway.get(numbers, True, seconds))
            if round_number == 0:
                report("1 KiB GET, each of 20,000 keys for the first time", "many", many.get(each_once, False, seconds))
            report("1 KiB GET, 1,000 keys in turn", "many", many.get(each_once[:1000], True, seconds))
        changed = {gateway.name: changes(gateway, 10) for gateway in (few, many)}
        details = "GetAccountAuthorizationDetails"
        stalls = {f"{details}, a page of 1,000": longest_stall(many, details, MaxItems="1000")}
        end_kib = many.resident_kib()
    finally:
        for process in list(bench_.processes):
            bench_.stop(process)
        if sys.exc_info()[0] is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"logs are in {folder}", file=sys.stderr)

    print(f"| | 10 users, 10 policies | {arguments.users:,} users, 10 policies | 10 users, {arguments.policies:,} policies |")
    print("|---|---:|---:|---:|")
    gateways = (few, many, policies)
    print("| start | " + " | ".join(f"{gateway.start_seconds:.2f} s" for gateway in gateways) + " |")
    print("| resident memory | " + " | ".join(f"{gateway.full_kib / 1024:.0f} MiB" for gateway in gateways) + " |")
    each = (many.full_kib - few.full_kib) * 1024 / (arguments.users - 10)
    print(f"| of each user and key | | {each:.0f} bytes | |")
    for name, columns in figures.items():
        cells = [f"{statistics.median(columns[gateway.name]):.1f} µs" if gateway.name in columns else ""
                 for gateway in gateways]
        print(f"| {name} | " + " | ".join(cells) + " |")
    for name in changed["few"]:
        print(f"| {name} | {changed['few'][name]:.1f} ms | {changed['many'][name]:.1f} ms | |")
    for action, (took, wait) in stalls.items():
        print(f"| {action}: answered in; longest wait of other requests | | {took:.0f} ms; {wait:.0f} ms | |")
    print(f"\nThe store's file has {many.file_bytes / 1e6:.0f} MB; after all of this the gateway with many users holds "
          f"{end_kib / 1024:.0f} MiB.")


if __name__ == "__main__":
    main()

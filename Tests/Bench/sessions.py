#!/usr/bin/env python3
"""What temporary credentials cost: CPU of issuing them, and of a 1 KiB GET signed with a session token that was never
seen before, with one that was, and with a long-lived key. One worker, driven by wrk; medians over the rounds.

CPU is the gateway's own, user and system, and includes TLS, decisions, the store and the audit line, as in bench.py.
"""

import argparse
import hashlib
import pathlib
import re
import shutil
import statistics
import sys
import tempfile
import urllib.parse

import bench

CALLS = {
    "AssumeRole": {"RoleArn": f"arn:aws:iam::{bench.ACCOUNT}:role/{bench.ROLE}", "RoleSessionName": "bench"},
    "GetSessionToken": {},
}
# More than an event loop keeps opened, so that it is no use to have opened them before; and few enough to keep.
COLD_TOKENS, WARM_TOKENS = 20_000, 1_000
OBJECT = f"/{bench.BUCKET}/1k"

# Writes what is answered to a file until there is enough.
COLLECT = """
local file, count = io.open("%s", "w"), 0
response = function(status, headers, body)
  file:write(body, "\\n")
  count = count + 1
  if count >= %d then file:flush() wrk.thread:stop() end
end
"""

# Signed requests from a file, each once or in turns.
REPLAY = """
local requests, index, turns = {}, 0, %s
init = function()
  local headers = {}
  for line in io.lines("%s") do
    if line == "" then
      requests[#requests + 1] = wrk.format("GET", "%s", headers)
      headers = {}
    else
      local name, value = line:match("^([^:]+): (.*)$")
      headers[name] = value
    end
  end
end
request = function()
  index = index + 1
  if index == #requests and not turns then wrk.thread:stop() end
  if index > #requests then index = turns and 1 or #requests end
  return requests[index]
end
"""


def call_script(port, action):
    body = urllib.parse.urlencode({"Action": action, "Version": "2011-06-15", **CALLS[action]})
    headers = bench.signed_headers("POST", "/", f"localhost:{port}", hashlib.sha256(body.encode()).hexdigest(), "sts")
    return bench.static_script("POST", headers | {"content-type": "application/x-www-form-urlencoded"}, f'"{body}"')


def collect(bench_, process, port, count):
    """Session credentials of the role, none of them used yet."""
    path = bench_.folder / "answers"
    bench_.load(process, port, "/", 32, 8, call_script(port, "AssumeRole") + COLLECT % (path, count))
    text = path.read_text()
    path.unlink()
    found = [re.findall(f"<{name}>([^<]+)</{name}>", text) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
    if len(found[0]) < count or len(set(found[2])) < count:
        raise RuntimeError(f"{len(found[0])} sessions instead of {count}")
    return list(zip(*found))[:count]


def get(bench_, process, port, credentials, turns, seconds):
    path = bench_.folder / "requests"
    with open(path, "w") as file:
        for access_key, secret, token in credentials:
            headers = bench.signed_headers("GET", OBJECT, f"localhost:{port}", "UNSIGNED-PAYLOAD",
                                           credentials=(access_key, secret), token=token)
            file.write("".join(f"{name}: {value}\n" for name, value in headers.items()) + "\n")
    script = REPLAY % ("true" if turns else "false", path, OBJECT)
    return bench_.load(process, port, OBJECT, 32, seconds, script)["cpu_us"]


def measure(bench_, upstream, seconds, report):
    process, port = bench_.start_martlet(upstream)
    bench_.check_cipher(port)
    for action in CALLS:
        bench_.load(process, port, "/", 32, 1, call_script(port, action))
        row = bench_.load(process, port, "/", 32, seconds, call_script(port, action))
        report(action, row["cpu_us"], row["requests/s"])
    sessions = collect(bench_, process, port, COLD_TOKENS)
    long_lived = [(bench.ACCESS_KEY, bench.SECRET_KEY, None)]
    get(bench_, process, port, long_lived, True, 1)
    report("1 KiB GET, long-lived key", get(bench_, process, port, long_lived, True, seconds))
    report("1 KiB GET, session token never seen", get(bench_, process, port, sessions, False, seconds))
    warm = sessions[:WARM_TOKENS]
    get(bench_, process, port, warm, True, 1)
    report("1 KiB GET, session token seen before", get(bench_, process, port, warm, True, seconds))
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

    def report(name, cpu, rate=None):
        print(f"{name}: {cpu:.1f} µs", file=sys.stderr)
        figures.setdefault(name, []).append((cpu, rate))

    try:
        bench_.certificate()
        upstream = bench_.upstream()
        for _ in range(arguments.rounds):
            measure(bench_, upstream, arguments.seconds, report)
    finally:
        for process in list(bench_.processes):
            bench_.stop(process)
        if sys.exc_info()[0] is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"logs are in {folder}", file=sys.stderr)
    print("| request | CPU µs | per second |")
    print("|---|---:|---:|")
    for name, rows in figures.items():
        rates = [rate for _, rate in rows if rate]
        rate = f"{statistics.median(rates):.0f}" if rates else ""
        print(f"| {name} | {statistics.median(cpu for cpu, _ in rows):.1f} | {rate} |")


if __name__ == "__main__":
    main()

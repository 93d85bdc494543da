#!/usr/bin/env python3
"""Writes the inputs of the conformance data as seeds: conformance.py CONFORMANCE FOLDER, into FOLDER/<target>/."""

import base64
import hashlib
import json
import pathlib
import sys

# What a target takes off the end of its input (FuzzInput), last byte first.
WHOLE = bytes([0])
UPSTREAM = bytes([0, 0, 0])
KINDS = {"identity": 0, "resource": 1, "trust": 3, "boundary": 4, "session": 5, "scp": 6, "rcp": 7}
TRAILERS = ["", "x-amz-checksum-crc32", "x-amz-checksum-sha256", "x-amz-checksum-crc64nvme"]


class Seeds:
    def __init__(self, folder):
        self.folder = folder

    def add(self, target, data):
        if not data or len(data) > 4096:
            return
        folder = self.folder / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)

    def request(self, head, body=b""):
        self.add("request", head + body)
        self.add("signature", head + body)
        self.add("upstream", head + UPSTREAM)

    def rego(self, module, is_v0):
        self.add("rego", module.encode() + bytes([1 if is_v0 else 0]))

    def evaluate(self, module, document, is_v0):
        choices = bytes([0, 1 if is_v0 else 0])
        self.add("evaluate", module.encode() + b"\0" + json.dumps(document).encode() + choices)

    def policy(self, document, kind):
        self.add("policy", document.encode() + bytes([0, 0, 0, KINDS.get(kind, 0), 0]))


def head(method, target, headers):
    lines = [f"{method} {target} HTTP/1.1"] + [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines + ["", ""]).encode()


def signing_suites(seeds, root):
    for file in sorted(root.glob("sigv4*/*/*request.txt")):
        if "canonical" in file.name:
            continue
        text, _, body = file.read_bytes().replace(b"\r\n", b"\n").partition(b"\n\n")
        seeds.request(text.replace(b"\n", b"\r\n") + b"\r\n\r\n", body)


def sdk_requests(seeds, file):
    for case in json.loads(file.read_text())["requests"]:
        body = case.get("body") or {}
        data = body["text"].encode() if "text" in body else base64.b64decode(body.get("base64", ""))
        headers = case.get("headers", {})
        if "form" in case:
            form(seeds, case["form"])
        if "target" not in case:
            continue
        seeds.request(head(case["method"], case["target"], headers), data)
        lower = {name.lower(): value for name, value in headers.items()}
        if data.startswith(b"<"):
            seeds.add("xml", data)
        if lower.get("x-amz-content-sha256") == "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
            trailer = lower.get("x-amz-trailer", "")
            if trailer in TRAILERS:
                length = int(lower["x-amz-decoded-content-length"])
                if length < 512:
                    choices = [TRAILERS.index(trailer), 0, length & 255, length >> 8, 0, 1]
                    seeds.add("chunked", data + bytes(choices))


def form(seeds, fields):
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    parts.append('--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhello\r\n--b--\r\n')
    seeds.add("form", b"multipart/form-data; boundary=b\n" + "".join(parts).encode() + WHOLE)


def examples(seeds, file):
    for case in json.loads(file.read_text())["examples"]:
        if "canonical_path" not in case:
            continue
        query = case.get("canonical_query", "")
        target = case["canonical_path"] + (f"?{query}" if query else "")
        seeds.request(head(case["method"], target, case.get("headers", {})))


def operations(seeds, file):
    for row in json.loads(file.read_text()):
        names = row["query_required"] + row["query_optional"]
        pairs = [f"{name}={value}" if value else name for name, value in row["query"].items()]
        pairs += [f"{name}=1" for name in names]
        target = row["path"].replace("{Bucket}", "bucket").replace("{Key}", "key").split("?")[0]
        headers = {"host": "s3.example.com"}
        for name in row["headers_required"] + row["headers_optional"]:
            if name.isascii() and " " not in name and "*" not in name:
                headers[name] = "/bucket/source" if "copy-source" in name and name.endswith("source") else "1"
        seeds.request(head(row["method"], target + ("?" + "&".join(pairs) if pairs else ""), headers))


def policies(seeds, file):
    for case in json.loads(file.read_text()):
        for kind, value in case["policies"].items():
            for document in documents(value):
                seeds.policy(json.dumps(document), kind)
        seeds.add("fields", str(case["request"]["resource"]).encode())


def documents(value):
    """Policies stand alone, in lists and in lists of lists."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from documents(item)


def operators(seeds, file):
    for case in json.loads(file.read_text()):
        values = case["policy_values"]
        statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        statement["Condition"] = {case["operator"]: {"aws:username": values}}
        seeds.policy(json.dumps({"Version": "2012-10-17", "Statement": statement}), "identity")
        held = case.get("key_value")
        for value in [*values, *(held if isinstance(held, list) else [held])]:
            seeds.add("fields", str(value).encode())


def policy_documents(seeds, file):
    for case in json.loads(file.read_text()):
        seeds.policy(case["document"], case.get("kind", "identity"))


def rego(seeds, root):
    for file in sorted(root.glob("rego*/*.json")):
        cases = json.loads(file.read_text())
        for case in cases if isinstance(cases, list) else []:
            for module in case.get("modules") or []:
                seeds.rego(module, case.get("rego_version") == "v0")
                document = case.get("input") if case.get("input") is not None else case.get("data") or {}
                seeds.evaluate(module, document, case.get("rego_version") == "v0")


def main():
    root, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    seeds = Seeds(folder)
    signing_suites(seeds, root)
    rego(seeds, root)
    for name, read in {
        "sigv4/sdk-requests.json": sdk_requests,
        "sigv4/s3-examples.json": examples,
        "s3-actions/operations.json": operations,
        "iam/cases.json": policies,
        "iam/condition-operators.json": operators,
        "iam/policy-documents.json": policy_documents,
    }.items():
        if (root / name).exists():
            read(seeds, root / name)
    for target in sorted(folder.iterdir() if folder.exists() else []):
        print(f"fuzz: {len(list(target.iterdir()))} seeds of the conformance data for {target.name}")


if __name__ == "__main__":
    main()

"""Signatures that no client library makes on demand: SigV4A and presigned URLs with any parameters."""

import datetime
import hashlib
import hmac
import urllib.parse

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from gateway import ROOT_ACCESS_KEY, ROOT_SECRET_KEY
from wire import EMPTY, signing_key

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def timestamp(when=None):
    return (when or datetime.datetime.now(datetime.timezone.utc)).strftime("%Y%m%dT%H%M%SZ")


def ecdsa_key(access_key=ROOT_ACCESS_KEY, secret_key=ROOT_SECRET_KEY):
    """Source: AWS Common Runtime's description of SigV4A: HMAC in counter mode until a candidate is in range."""
    for counter in range(1, 255):
        block = b"\0\0\0\1AWS4-ECDSA-P256-SHA256\0" + access_key.encode() + bytes([counter]) + b"\0\0\1\0"
        candidate = int.from_bytes(hmac.new(b"AWS4A" + secret_key.encode(), block, hashlib.sha256).digest(), "big")
        if candidate <= ORDER - 2:
            return ec.derive_private_key(candidate + 1, ec.SECP256R1())
    raise ValueError("no key")


def escaped(text, safe="-_.~"):
    return urllib.parse.quote(text, safe=safe)


class Signer:
    """Signs strings for one key, day and scope, with SigV4 or SigV4A."""

    def __init__(self, date, region="us-east-1", service="s3", asymmetric=False, access_key=ROOT_ACCESS_KEY,
                 secret_key=ROOT_SECRET_KEY):
        self.date, self.asymmetric = date, asymmetric
        self.algorithm = "AWS4-ECDSA-P256-SHA256" if asymmetric else "AWS4-HMAC-SHA256"
        parts = [date[:8], service, "aws4_request"] if asymmetric else [date[:8], region, service, "aws4_request"]
        self.scope = "/".join(parts)
        self.credential = f"{access_key}/{self.scope}"
        self.key = (ecdsa_key(access_key, secret_key) if asymmetric
                    else signing_key(secret_key, date[:8], region, service))

    def sign(self, text):
        if self.asymmetric:
            return self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())).hex()
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def sign_request(self, canonical):
        return self.sign("\n".join([self.algorithm, self.date, self.scope,
                                    hashlib.sha256(canonical.encode()).hexdigest()]))

    def sign_chunk(self, previous, piece):
        return self.sign("\n".join([self.algorithm + "-PAYLOAD", self.date, self.scope, previous, EMPTY,
                                    hashlib.sha256(piece).hexdigest()]))

    def sign_trailer(self, previous, trailer):
        return self.sign("\n".join([self.algorithm + "-TRAILER", self.date, self.scope, previous,
                                    hashlib.sha256(trailer).hexdigest()]))


def presign(gateway, method, path, query=(), headers=(), expires=60, when=None, region="us-east-1", service="s3",
            asymmetric=False, payload="UNSIGNED-PAYLOAD", region_set=None, host=None, token=None, **keys):
    """Path and query of a presigned request: `query` pairs and `headers` are signed as they are."""
    signer = Signer(timestamp(when), region, service, asymmetric, **keys)
    headers = {"host": host or gateway.endpoint.removeprefix("https://"), **dict(headers)}
    names = ";".join(sorted(headers))
    pairs = [*(query.items() if isinstance(query, dict) else query), ("X-Amz-Algorithm", signer.algorithm),
             ("X-Amz-Credential", signer.credential), ("X-Amz-Date", signer.date), ("X-Amz-Expires", str(expires)),
             ("X-Amz-SignedHeaders", names)]
    if asymmetric:
        pairs.append(("X-Amz-Region-Set", region_set or region))
    if token:
        pairs.append(("X-Amz-Security-Token", token))
    text = "&".join(sorted(f"{escaped(name)}={escaped(value)}" for name, value in pairs))
    canonical = "\n".join([method, path, text, *(f"{n}:{headers[n]}" for n in sorted(headers)), "", names, payload])
    return f"{path}?{text}&X-Amz-Signature={signer.sign_request(canonical)}"


def signed_head(gateway, method, path, payload, headers=(), length=0, when=None, region="us-east-1", service="s3",
                asymmetric=False, region_set=None, unsigned=(), **keys):
    """A request head signed in its header. Returns the head, the signer and the signature that chunks chain to."""
    signer = Signer(timestamp(when), region, service, asymmetric, **keys)
    headers = {"host": gateway.endpoint.removeprefix("https://"), "x-amz-date": signer.date, **dict(headers)}
    if payload is not None:
        headers["x-amz-content-sha256"] = payload
    if asymmetric:
        headers["x-amz-region-set"] = region_set or region
    names = ";".join(sorted(headers))
    bare, _, query = path.partition("?")
    canonical = "\n".join([method, bare, "&".join(sorted(query.split("&"))),
                           *(f"{n}:{headers[n]}" for n in sorted(headers)), "", names, payload or EMPTY])
    signature = signer.sign_request(canonical)
    lines = [f"{method} {path} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items()),
             f"Authorization: {signer.algorithm} Credential={signer.credential}, SignedHeaders={names}, "
             f"Signature={signature}", *([f"Content-Length: {length}"] if length is not None else []), *unsigned]
    return "\r\n".join(lines).encode() + b"\r\n\r\n", signer, signature


def signed_chunks(signer, signature, pieces, trailer=None):
    """The aws-chunked body of `pieces`, each signed, and a signed trailer line if one is given."""
    body = b""
    for piece in [*pieces, b""]:
        signature = signer.sign_chunk(signature, piece)
        # ECDSA signatures vary in length; clients pad them on the wire so that Content-Length is known.
        shown = signature.ljust(144, "*") if signer.asymmetric else signature
        body += f"{len(piece):x};chunk-signature={shown}\r\n".encode() + piece
        body += b"\r\n" if piece or trailer is None else b""
    if trailer is not None:
        ending = signer.sign_trailer(signature, trailer + b"\n")
        shown = ending.ljust(144, "*") if signer.asymmetric else ending
        body += trailer + b"\r\nx-amz-trailer-signature:" + shown.encode() + b"\r\n\r\n"
    return body

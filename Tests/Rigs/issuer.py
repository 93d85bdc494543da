#!/usr/bin/env python3
"""A hostile OpenID Connect issuer on loopback HTTPS: mints any token, misbehaves on demand.
use: issuer.py PORT CERT KEY   (started by issuer.sh)

Issuer side:  GET /.well-known/openid-configuration, /jwks, /userinfo; POST /introspect
Control side (JSON bodies, all optional fields):
  POST /-/mint    {"alg": "RS256", "key": "current", "claims": {...}, "header": {...}, "drop": ["exp"], "tamper": "payload"}
      alg     RS256 RS384 RS512 PS256 ES256 ES384 EdDSA HS256 none (or any text, with key "none")
      key     current | old (rotated out of the JWKS) | rogue (never in it) | public-pem | public-jwk (the RS256 public
              key's text as the HS256 secret) | none (empty signature) | embedded (rogue key in the "jwk" header)
      claims  over the defaults iss sub aud iat nbf exp jti; "exp": "-60" or "+60" is relative to now; null removes one
      header  over {alg, kid, typ}; null removes one
      tamper  payload | signature | padding | extra-dot: breaks the finished token that way
      opaque  true: a text that only /introspect and /userinfo can tell anything about
      answers {"token": ..., "header": ..., "claims": ...}
  POST /-/rotate  {"keep": 1}: a new generation of keys; keep = how many older generations stay in the JWKS
  POST /-/behave  {"path": "/jwks", "delay": 3, "status": 500, "times": 2, "body": "...", "type": "text/html",
                   "location": "http://127.0.0.1:1/", "size": 20000000, "drip": 0.5, "close": true}; {} clears all
                  {"path": "/jwks", "bearer": "..."}: 401 without that token
  POST /-/revoke  {"jti": ...}: /introspect then answers active: false
  POST /-/say     {"path": "/userinfo", "claims": {...}}: over what /userinfo or /introspect says; null removes one; {} clears
  GET  /-/seen    the last question to /introspect: its Authorization and form
  GET  /-/calls   how often each path was asked;  POST /-/reset: as at start (keys kept)
"""
import base64
import http.server
import json
import ssl
import sys
import time
import uuid

from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

PORT = int(sys.argv[1])
ISSUER = f"https://localhost:{PORT}"
HASH = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def num(n, size=None):
    return b64(n.to_bytes(size or (n.bit_length() + 7) // 8, "big"))


def dumps(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def generation(name):
    return {"rs-" + name: rsa.generate_private_key(65537, 2048), "es-" + name: ec.generate_private_key(ec.SECP256R1()),
            "e3-" + name: ec.generate_private_key(ec.SECP384R1()), "ed-" + name: ed25519.Ed25519PrivateKey.generate()}


def kid_for(alg, keys):
    kind = {"ES256": "es", "ES384": "e3", "EdDSA": "ed", "Ed25519": "ed"}.get(alg, "rs")
    return next(k for k in keys if k.startswith(kind))


def public_jwk(kid, key):
    p = key.public_key()
    if isinstance(p, rsa.RSAPublicKey):
        n = p.public_numbers()
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": num(n.n), "e": num(n.e)}
    if isinstance(p, ec.EllipticCurvePublicKey):
        n, size = p.public_numbers(), (p.curve.key_size + 7) // 8
        return {"kty": "EC", "use": "sig", "alg": "ES256" if size == 32 else "ES384", "kid": kid,
                "crv": "P-256" if size == 32 else "P-384", "x": num(n.x, size), "y": num(n.y, size)}
    raw = p.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return {"kty": "OKP", "use": "sig", "alg": "EdDSA", "kid": kid, "crv": "Ed25519", "x": b64(raw)}


def sign(alg, key, data):
    if isinstance(key, bytes):
        mac = hmac.HMAC(key, HASH[alg[2:]])
        mac.update(data)
        return mac.finalize()
    if alg.startswith("RS"):
        return key.sign(data, padding.PKCS1v15(), HASH[alg[2:]])
    if alg.startswith("PS"):
        h = HASH[alg[2:]]
        return key.sign(data, padding.PSS(padding.MGF1(h), h.digest_size), h)
    if alg.startswith("ES"):
        size = (key.curve.key_size + 7) // 8
        r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(HASH[alg[2:]])))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    return key.sign(data)


class World:
    def __init__(self):
        self.generations, self.old, self.rogue, self.count = [generation("1")], {}, generation("1"), 1
        self.reset()

    def reset(self):
        self.calls, self.behaviour, self.revoked, self.minted, self.says, self.seen = {}, {}, set(), {}, {}, {}

    def say(self, path, claims):
        said = {**claims, **self.says.get(path, {})}
        return {name: value for name, value in said.items() if value is not None}

    def rotate(self, keep):
        self.count += 1
        self.generations.insert(0, generation(str(self.count)))
        for g in self.generations[keep + 1:]:
            self.old = g
        del self.generations[keep + 1:]
        return {"kids": [k for g in self.generations for k in g]}

    def mint(self, ask):
        alg, which, now = ask.get("alg", "RS256"), ask.get("key", "current"), int(time.time())
        keys = {"old": self.old or self.rogue, "rogue": self.rogue, "embedded": self.rogue}.get(which, self.generations[0])
        kid = kid_for(alg, keys)
        header = {"alg": alg, "kid": kid, "typ": "JWT"}
        if which == "embedded":
            header["jwk"] = public_jwk(kid, keys[kid])
        claims = {"iss": ISSUER, "sub": "alice", "aud": "gateway", "azp": "gateway", "iat": now, "nbf": now, "exp": now + 600,
                  "jti": uuid.uuid4().hex, "groups": ["readers"], "policy": "readonly"}
        for base, over in ((header, ask.get("header", {})), (claims, ask.get("claims", {}))):
            for k, v in over.items():
                if v is None:
                    base.pop(k, None)
                elif k in ("exp", "nbf", "iat", "auth_time") and isinstance(v, str) and v[:1] in "+-":
                    base[k] = now + int(v)
                else:
                    base[k] = v
        for k in ask.get("drop", []):
            claims.pop(k, None)
        signing = f"{b64(dumps(header))}.{b64(dumps(claims))}"
        pem = keys[kid_for("RS256", keys)].public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        if which == "none" or alg == "none":
            signature = b""
        elif which == "public-pem":
            signature = sign(alg, pem, signing.encode())
        elif which == "public-jwk":
            rs = kid_for("RS256", keys)
            signature = sign(alg, dumps(public_jwk(rs, keys[rs])), signing.encode())
        elif alg.startswith("HS"):
            signature = sign(alg, ask.get("secret", "secret").encode(), signing.encode())
        else:
            signature = sign(alg, keys[kid], signing.encode())
        tamper, tail = ask.get("tamper"), b64(signature)
        if tamper == "payload":
            signing = f"{b64(dumps(header))}.{b64(dumps({**claims, 'policy': 'consoleAdmin'}))}"
        elif tamper == "signature":
            tail = b64(bytes([signature[0] ^ 1]) + signature[1:])
        elif tamper == "padding":
            tail += "=="
        elif tamper == "extra-dot":
            tail += ".e30"
        token = uuid.uuid4().hex if ask.get("opaque") else f"{signing}.{tail}"
        self.minted[token] = claims
        return {"token": token, "header": header, "claims": claims}


WORLD = World()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, text, *args):
        sys.stderr.write(f"{time.time():.3f} {text % args}\n")

    def reply(self, value, status=200, kind="application/json", headers=()):
        data = value if isinstance(value, bytes) else dumps(value)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for h in headers:
            self.send_header(*h)
        self.end_headers()
        self.wfile.write(data)

    def misbehave(self, path):
        b = WORLD.behaviour.get(path)
        if not b:
            return False
        if "bearer" in b:
            if self.headers.get("Authorization") == f"Bearer {b['bearer']}":
                return False
            self.reply({"error": "unauthorized"}, 401)
            return True
        if "times" in b:
            b["times"] -= 1
            if b["times"] <= 0:
                WORLD.behaviour.pop(path, None)
        time.sleep(min(float(b.get("delay", 0)), 60))
        if b.get("close"):
            self.close_connection = True
            self.connection.close()
            return True
        if not {"status", "body", "location", "size", "drip"} & b.keys():
            return False
        body = b.get("body", "").encode() or b"{}"
        if "size" in b:
            body = b'{"keys":[' + b" " * min(int(b["size"]), 1 << 28) + b"]}"
        headers = [("Location", b["location"])] if "location" in b else []
        if "drip" in b:
            self.send_response(b.get("status", 200))
            self.send_header("Content-Type", b.get("type", "application/json"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            for i in range(min(len(body), 240)):
                self.wfile.write(body[i:i + 1])
                self.wfile.flush()
                time.sleep(min(float(b["drip"]), 5))
            self.close_connection = True
            return True
        self.reply(body, b.get("status", 302 if headers else 200), b.get("type", "application/json"), headers)
        return True

    def handle_any(self):
        path = self.path.split("?")[0]
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        try:
            if path.startswith("/-/"):
                return self.control(path, json.loads(raw or b"{}"))
            WORLD.calls[path] = WORLD.calls.get(path, 0) + 1
            if self.misbehave(path):
                return
            if path == "/.well-known/openid-configuration":
                return self.reply({
                    "issuer": ISSUER, "jwks_uri": ISSUER + "/jwks", "introspection_endpoint": ISSUER + "/introspect",
                    "userinfo_endpoint": ISSUER + "/userinfo", "token_endpoint": ISSUER + "/token",
                    "authorization_endpoint": ISSUER + "/authorize", "response_types_supported": ["code"],
                    "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"]})
            if path == "/jwks":
                return self.reply({"keys": [public_jwk(k, v) for g in WORLD.generations for k, v in g.items()]})
            if path in ("/introspect", "/userinfo"):
                form = dict(p.partition("=")[::2] for p in raw.decode().split("&"))
                if path == "/introspect":
                    WORLD.seen = {"authorization": self.headers.get("Authorization"), "form": form}
                token = form.get("token") if path == "/introspect" else self.headers.get("Authorization", "")[7:]
                claims = WORLD.minted.get(token)
                ok = claims is not None and claims.get("jti") not in WORLD.revoked and claims.get("exp", 1 << 40) > time.time()
                if path == "/userinfo":
                    return self.reply(WORLD.say(path, claims) if ok else {"error": "invalid_token"}, 200 if ok else 401)
                return self.reply(WORLD.say(path, {"active": True, **claims}) if ok else {"active": False})
            self.reply({"error": "not found"}, 404)
        except BrokenPipeError:
            pass
        except Exception as error:
            self.reply({"error": f"{type(error).__name__}: {error}"}, 400)

    def control(self, path, ask):
        if path == "/-/mint":
            return self.reply(WORLD.mint(ask))
        if path == "/-/rotate":
            return self.reply(WORLD.rotate(int(ask.get("keep", 1))))
        if path == "/-/behave":
            if "path" in ask:
                WORLD.behaviour[ask["path"]] = ask
            else:
                WORLD.behaviour.clear()
            return self.reply(WORLD.behaviour)
        if path == "/-/say":
            if "path" in ask:
                WORLD.says[ask["path"]] = ask["claims"]
            else:
                WORLD.says.clear()
            return self.reply(WORLD.says)
        if path == "/-/seen":
            return self.reply(WORLD.seen)
        if path == "/-/revoke":
            WORLD.revoked.add(ask["jti"])
            return self.reply({"revoked": len(WORLD.revoked)})
        if path == "/-/reset":
            WORLD.reset()
            return self.reply({})
        if path == "/-/calls":
            return self.reply(WORLD.calls)
        self.reply({"error": "not found"}, 404)

    do_GET = do_POST = handle_any


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def get_request(self):  # the handshake happens in the connection's thread, at its first read
        sock, addr = self.socket.accept()
        return self.tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False), addr

    def handle_error(self, request, client_address):
        sys.stderr.write(f"connection: {sys.exc_info()[1]}\n")


if __name__ == "__main__":
    server = Server(("127.0.0.1", PORT), Handler)
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls.load_cert_chain(sys.argv[2], sys.argv[3])
    server.serve_forever()

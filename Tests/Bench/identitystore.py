"""Fills a gateway's SQLite identity store with users, one access key each, as its own code would write them.

Secrets are sealed as `Sources/IdentityStore/Records/SecretSealer.swift` does it; the AES-GCM is OpenSSL's, called by
ctypes, so that a million take a minute.
"""

import base64
import ctypes
import ctypes.util
import hashlib
import hmac
import json
import os
import sqlite3

INFO = b"martlet identity secret v1"
GET_TAG, TAG_BYTES = 0x10, 16


class Sealer:
    def __init__(self, key_ring):
        keys = json.load(open(key_ring))["keys"]
        newest = max((key for key in keys if key["state"] == "seal"), key=lambda key: key["created"])
        self.id, self.key = newest["id"].encode(), base64.b64decode(newest["key"])
        self.crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
        for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
            getattr(self.crypto, name).restype = ctypes.c_void_p
        self.cipher = ctypes.c_void_p(self.crypto.EVP_aes_256_gcm())
        self.context = ctypes.c_void_p(self.crypto.EVP_CIPHER_CTX_new())

    def seal(self, secret, owner):
        nonce = os.urandom(12)
        extracted = hmac.digest(nonce, self.key, "sha256")
        key = hmac.digest(extracted, INFO + b"\x01", "sha256")
        bound = self.id + b"\nsecret\n%d\n" % len(owner) + owner
        crypto, context, count = self.crypto, self.context, ctypes.c_int(0)
        box, tag = ctypes.create_string_buffer(len(secret)), ctypes.create_string_buffer(TAG_BYTES)
        done = (crypto.EVP_EncryptInit_ex(context, self.cipher, None, key, nonce)
                and crypto.EVP_EncryptUpdate(context, None, ctypes.byref(count), bound, len(bound))
                and crypto.EVP_EncryptUpdate(context, box, ctypes.byref(count), secret, len(secret))
                and crypto.EVP_EncryptFinal_ex(context, tag, ctypes.byref(count))
                and crypto.EVP_CIPHER_CTX_ctrl(context, GET_TAG, TAG_BYTES, tag))
        if not done:
            raise RuntimeError("OpenSSL does not seal")
        return self.id.decode() + "." + base64.b64encode(nonce + box.raw + tag.raw).decode()


def unique_id(kind, number):
    digest = hashlib.sha256(f"{kind}{number}".encode()).digest()
    return kind + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte & 31] for byte in digest[:17])


def access_key(number):
    return f"MARTLETUSER{number:09d}"


def secret_key(number):
    return base64.b64encode(hashlib.sha256(f"secret {number}".encode()).digest()[:30]).decode()


def user_name(number):
    return f"user-{number:07d}"


def policy(name, number, resource):
    document = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{resource}", f"arn:aws:s3:::{resource}/*"]}]}
    return {"name": name, "id": unique_id("ANPA", number), "created": 1700000000, "updated": 1700000000,
            "versions": [{"number": 1, "document": json.dumps(document), "created": 1700000000}],
            "default_version": 1, "next_version": 2}


def fill(database, key_ring, users, account, bucket, groups=100, policies=10, attached=10):
    """Users in groups, one group each; the groups' policies are the first `attached` of `policies`, the first of which
    allows reading and writing of a bucket."""
    sealer = Sealer(key_ring)
    groups = min(groups, users)

    def rows():
        for number in range(policies):
            name = f"policy-{number:05d}"
            yield f"policy/{name}", policy(name, number, bucket if number == 0 else f"other-{number}")
        arns = [f"arn:aws:iam::{account}:policy/policy-{number:05d}" for number in range(min(attached, policies))]
        for number in range(groups):
            yield f"group/group-{number:03d}", {"name": f"group-{number:03d}", "id": unique_id("AGPA", number),
                                                "created": 1700000000, "policies": arns}
        for number in range(users):
            user, key = unique_id("AIDA", number), access_key(number)
            yield f"user/{user_name(number)}", {"name": user_name(number), "id": user, "created": 1700000000,
                                                "groups": [unique_id("AGPA", number % groups)]}
            yield f"access-key/{key}", {"id": key, "user": user, "created": 1700000000,
                                        "secret": sealer.seal(secret_key(number).encode(), f"access-key/{key}".encode())}

    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    revision = connection.execute("SELECT revision FROM state").fetchone()[0] + 1
    connection.executemany(
        "INSERT INTO records (key, value, revision) VALUES (?, ?, ?)",
        ((key.encode(), json.dumps(value, separators=(",", ":")).encode(), revision) for key, value in rows()))
    connection.execute("UPDATE state SET revision = ?, compacted = ?", (revision, revision))
    connection.execute("COMMIT")
    connection.close()

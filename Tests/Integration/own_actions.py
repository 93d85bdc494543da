"""Martlet's own actions of the IAM protocol, which no client library knows: signed here, answered as XML."""

import datetime
import hashlib
import ssl
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree

from gateway import ROOT_ACCESS_KEY, ROOT_SECRET_KEY
from signing import Signer, timestamp

ROOT = {"access_key": ROOT_ACCESS_KEY, "secret_key": ROOT_SECRET_KEY}


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code


def credentials(found):
    """What boto3 or an answer of ours calls credentials, as clients here take them."""
    keys = {"access_key": found["AccessKeyId"], "secret_key": found["SecretAccessKey"]}
    return keys | {"token": found["SessionToken"]} if "SessionToken" in found else keys


def ask(gateway, action, /, access_key, secret_key, token=None, ahead=0, **parameters):
    """The result of an action as nested dictionaries; `member` elements make lists.

    `ahead` is by how many seconds the gateway's clock is.
    """
    body = urllib.parse.urlencode({"Action": action, "Version": "2010-05-08", **parameters}).encode()
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=ahead)
    signer = Signer(timestamp(when), service="iam", access_key=access_key, secret_key=secret_key)
    headers = {"content-type": "application/x-www-form-urlencoded", "host": gateway.endpoint.removeprefix("https://"),
               "x-amz-date": signer.date}
    if token:
        headers["x-amz-security-token"] = token
    names = ";".join(sorted(headers))
    canonical = "\n".join(["POST", "/", "", *(f"{name}:{headers[name]}" for name in sorted(headers)), "", names,
                           hashlib.sha256(body).hexdigest()])
    headers["authorization"] = (f"{signer.algorithm} Credential={signer.credential}, SignedHeaders={names}, "
                                f"Signature={signer.sign_request(canonical)}")
    request = urllib.request.Request(gateway.endpoint + "/", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=20,
                                    context=ssl.create_default_context(cafile=gateway.ca)) as answer:
            root = xml.etree.ElementTree.fromstring(answer.read())
    except urllib.error.HTTPError as error:
        fault = _value(xml.etree.ElementTree.fromstring(error.read()))["Error"]
        raise Refused(error.code, fault["Code"], fault.get("Message")) from None
    assert root.tag.endswith(f"}}{action}Response"), root.tag
    return _value(root).get(f"{action}Result", {})


def _value(element):
    children = [(child.tag.partition("}")[2] or child.tag, child) for child in element]
    if not children:
        return element.text or ""
    if all(name == "member" for name, _ in children):
        return [_value(child) for _, child in children]
    return {name: _value(child) for name, child in children}

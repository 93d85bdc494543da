"""Users, roles and their keys as settings declare them, for the tests."""

import yaml

ACCOUNT = "000000000000"


def access_key(name, number=1):
    return f"AKIA{name.upper().replace('-', ''):X<14}{number:02}"[:20]


def secret_key(name, number=1):
    return f"{name}-integration-secret-key-{number}-".ljust(40, "q")


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions, resources, **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions, resources, **more):
    return {"Effect": "Deny", "Action": actions, "Resource": resources, **more}


def trust(principal, condition=None, actions="sts:AssumeRole"):
    statement = {"Effect": "Allow", "Principal": principal, "Action": actions}
    if condition:
        statement["Condition"] = condition
    return policy(statement)


def user(name, *statements, keys=1, **more):
    """A user with an inline policy of `statements` and `keys` access keys."""
    settings = {"access_keys": [{"id": access_key(name, n), "secret": secret_key(name, n)} for n in range(1, keys + 1)]}
    if statements:
        settings["inline_policies"] = {"own": policy(*statements)}
    settings.update(more)
    return {name: settings}


def user_arn(name):
    return f"arn:aws:iam::{ACCOUNT}:user/{name}"


def role_arn(name):
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def bucket_arns(bucket):
    return [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]


def render(**settings):
    return yaml.safe_dump(settings, sort_keys=False)


def keys(name, number=1):
    return {"access_key": access_key(name, number), "secret_key": secret_key(name, number)}

"""What a refused request says."""

import contextlib

import botocore.exceptions
import pytest


@contextlib.contextmanager
def refused(*codes, status=None):
    with pytest.raises(botocore.exceptions.ClientError) as error:
        yield error
    answer = error.value.response
    assert answer["Error"]["Code"] in codes, answer
    if status is not None:
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status, answer


def denied():
    # boto3 has only the status of a HEAD.
    return refused("AccessDenied", "403", status=403)

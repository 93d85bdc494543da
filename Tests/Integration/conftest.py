import pathlib
import sys
import uuid

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from gateway import Gateway  # noqa: E402


@pytest.fixture(scope="session")
def gateway():
    """A gateway on its embedded store, without a settings file."""
    with Gateway() as running:
        yield running


@pytest.fixture
def bucket(gateway):
    name = f"test-{uuid.uuid4().hex[:16]}"
    gateway.client().create_bucket(Bucket=name)
    return name

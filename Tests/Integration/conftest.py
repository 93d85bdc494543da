import pathlib
import shutil
import sys
import uuid

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from etcd import Etcd  # noqa: E402
from gateway import Gateway  # noqa: E402
from identities import render  # noqa: E402
from stores import Store, needs  # noqa: E402


@pytest.fixture(scope="session")
def embedded():
    """A gateway on its embedded store, without a settings file."""
    with Gateway() as running:
        yield running


def _store(rig, tls):
    needs(rig)
    store = Store(rig, tls)
    try:
        yield store.start()
    finally:
        store.close()


@pytest.fixture(scope="session")
def moto():
    yield from _store("moto", tls=False)


@pytest.fixture(scope="session")
def radosgw():
    """Over TLS, and every signature checked."""
    yield from _store("radosgw", tls=True)


@pytest.fixture(scope="session")
def before_moto(moto):
    with Gateway(render(backends={"moto": moto.backend()})) as running:
        yield running


@pytest.fixture(scope="session")
def before_radosgw(radosgw):
    with Gateway(render(backends={"ceph": radosgw.backend()})) as running:
        yield running


@pytest.fixture(scope="session")
def gateway(embedded):
    return embedded


@pytest.fixture
def bucket(gateway):
    name = f"test-{uuid.uuid4().hex[:16]}"
    gateway.client().create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="module", params=["sqlite", "etcd"])
def identity_store(request):
    """Settings of each store; etcd over TLS, with users. Everything of one fixture is under one prefix."""
    if request.param == "sqlite":
        yield lambda name: {"type": "sqlite"}
        return
    if shutil.which("etcd") is None:
        pytest.skip("no etcd")
    cluster = Etcd(RIG_ETCD_NODES="1", RIG_TLS="1", RIG_ETCD_AUTH="1")
    try:
        yield lambda name: cluster.settings() | {"prefix": f"{cluster.variables['PREFIX']}{name}/"}
    finally:
        cluster.close()

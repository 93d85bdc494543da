#!/usr/bin/env bash
# Installs the clients and stores the integration tests use, and runs them: run.sh [PYTEST ARGUMENT...]
set -euo pipefail
cd "$(dirname "$0")"
rigs=$(cd ../Rigs && pwd)
"$rigs/packages.sh" curl rclone s3cmd openssl python3-venv libfaketime etcd-server etcd-client \
  krb5-user krb5-kdc krb5-admin-server slapd ldap-utils libsasl2-modules-gssapi-mit
# Ceph's gateway is a large package: where it cannot be had in time its tests say so and the rest runs.
DOWNLOAD_SECONDS_MAX=240 "$rigs/packages.sh" radosgw ceph-mon ceph-osd ceph-common \
  || echo "no Ceph: the tests in front of its gateway will be skipped" >&2
DOWNLOAD_SECONDS_MAX=120 "$rigs/packages.sh" glewlwyd sqlite3 \
  || echo "no glewlwyd: the tests with a real OpenID provider will be skipped" >&2
export RIGS_VENV=${RIGS_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/martlet-tests/venv}
if ! cmp -s requirements.txt "$RIGS_VENV/requirements.txt"; then
  echo "installing Python packages into $RIGS_VENV" >&2
  python3 -m venv "$RIGS_VENV"
  "$RIGS_VENV/bin/python" -m pip install -q --disable-pip-version-check -r requirements.txt
  cp requirements.txt "$RIGS_VENV/requirements.txt"
fi
# The clients must use what the tests give them and nothing of the user's.
for variable in $(compgen -e | grep -E '^(AWS_|MARTLET_|HTTPS?_PROXY|https?_proxy|RCLONE_)' || true); do
  case $variable in MARTLET_CONFORMANCE|MARTLET_BINARY) ;; *) unset "$variable" ;; esac
done
export PATH="$RIGS_VENV/bin:$PATH" PYTHONDONTWRITEBYTECODE=1
exec "$RIGS_VENV/bin/python" -m pytest -q -p no:cacheprovider --durations=5 "$@"

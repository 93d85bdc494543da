#!/usr/bin/env bash
# Measures logins with each kind of provider, and bearer tokens on requests: run-logins.sh [--rounds N] [--seconds N]
set -euo pipefail
cd "$(dirname "$0")"
rigs=$(cd ../Rigs && pwd)
"$rigs/packages.sh" nginx-light wrk openssl python3-venv slapd ldap-utils krb5-user krb5-kdc krb5-admin-server
# The issuer of OpenID tokens is a Python program with a library for signatures.
export RIGS_VENV=${RIGS_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/martlet-tests/venv} PYTHONDONTWRITEBYTECODE=1
requirements=../Integration/requirements.txt
if ! cmp -s $requirements "$RIGS_VENV/requirements.txt"; then
  python3 -m venv "$RIGS_VENV"
  "$RIGS_VENV/bin/python" -m pip install -q --disable-pip-version-check -r $requirements
  cp $requirements "$RIGS_VENV/requirements.txt"
fi
exec python3 logins.py "$@"

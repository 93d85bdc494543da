#!/usr/bin/env bash
# Asks the Rego engine and OPA the same generated questions: run.sh [ARGUMENT OF differential.py...]
# The program RegoAnswers must have been built; OPA is a library of a Python package, installed here when it is missing.
set -euo pipefail
cd "$(dirname "$0")"
program=${MARTLET_REGO_ANSWERS:-../../.build/debug/RegoAnswers}
opa=${RIGS_OPA:-${XDG_CACHE_HOME:-$HOME/.cache}/martlet-tests/opa}
if [ ! -e "$opa/opa_bindings/libopabridge.so" ]; then
  echo "installing OPA's library into $opa" >&2
  # The package asks for a newer Python than its library needs. Pip comes with the virtual environments of the tests.
  python=${XDG_CACHE_HOME:-$HOME/.cache}/martlet-tests/pip
  [ -x "$python/bin/python" ] || ../Rigs/packages.sh python3-venv
  if ! { [ -x "$python/bin/python" ] || python3 -m venv "$python"; } || ! timeout 120 "$python/bin/python" -m pip install -q \
    --disable-pip-version-check --no-deps --only-binary=:all: --ignore-requires-python --target "$opa" \
    opa-golib-python-bindings; then
    echo "differential: skipped, OPA's library cannot be had" >&2
    exit 0
  fi
fi
PYTHONDONTWRITEBYTECODE=1 exec python3 differential.py "$program" "$opa" --seconds "${SECONDS_MAX:-45}" "$@"

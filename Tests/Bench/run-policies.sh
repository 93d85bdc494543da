#!/usr/bin/env bash
# Measures policy decisions against OPA and regorus on this machine, in one run: run-policies.sh [--seconds N] [NAME ...]
set -euo pipefail
cd "$(dirname "$0")"
rigs=$(cd ../Rigs && pwd)
"$rigs/packages.sh" python3-venv
venv=${MARTLET_BENCH_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/martlet-tests/bench-venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
if [ ! -e "$venv/.policies" ]; then
  pip=("$venv/bin/python" -m pip install -q --disable-pip-version-check)
  "${pip[@]}" gordon-to-regorus || echo "regorus cannot be installed here: it is left out" >&2
  # The wheel asks for a newer Python than its library and wrapper need.
  "${pip[@]}" --no-deps --only-binary=:all: --ignore-requires-python --target "$venv/opa" opa-golib-python-bindings \
    || echo "OPA's library cannot be installed here: it is left out" >&2
  touch "$venv/.policies"
fi
PYTHONPATH=$venv/opa exec "$venv/bin/python" policies.py "$@"

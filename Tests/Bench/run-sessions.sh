#!/usr/bin/env bash
# Measures issuing and using temporary credentials: run-sessions.sh [--rounds N] [--seconds N]
set -euo pipefail
cd "$(dirname "$0")"
rigs=$(cd ../Rigs && pwd)
"$rigs/packages.sh" nginx-light wrk openssl python3
exec python3 sessions.py "$@"

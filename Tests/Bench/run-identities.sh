#!/usr/bin/env bash
# Measures what many identities cost: run-identities.sh [--rounds N] [--seconds N] [--users N] [--policies N]
set -euo pipefail
cd "$(dirname "$0")"
rigs=$(cd ../Rigs && pwd)
"$rigs/packages.sh" nginx-light wrk openssl python3
exec python3 identities.py "$@"

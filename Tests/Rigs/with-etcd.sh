#!/usr/bin/env bash
# with-etcd.sh COMMAND...: runs it beside an etcd cluster, whose members MARTLET_TEST_ETCD names.
set -euo pipefail
rigs=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap '"$rigs/etcd.sh" stop "$folder" >/dev/null; rm -rf "$folder"' EXIT
eval "$("$rigs/etcd.sh" start "$folder")"
export MARTLET_TEST_ETCD=$MARTLET_ETCD_ENDPOINTS
"$@"

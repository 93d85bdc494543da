#!/usr/bin/env bash
# packages.sh PACKAGE...: installs the Debian packages that are missing, quietly; nothing to do is quick.
# DOWNLOAD_SECONDS_MAX bounds the download; installing is never broken off, which would leave dpkg in between.
set -euo pipefail
missing=()
for package in "$@"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
done
[ "${#missing[@]}" = 0 ] && exit 0
sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo)
export DEBIAN_FRONTEND=noninteractive
echo "installing: ${missing[*]}" >&2
# A server that comes with a package must not start by itself: the tests start their own.
made=0
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee /usr/sbin/policy-rc.d >/dev/null
  "${sudo[@]}" chmod +x /usr/sbin/policy-rc.d
  made=1
fi
log=$(mktemp)
trap '[ $made = 0 ] || "${sudo[@]}" rm -f /usr/sbin/policy-rc.d; rm -f "$log"' EXIT
apt() { "${sudo[@]}" apt-get -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1; }
if [ -n "${DOWNLOAD_SECONDS_MAX:-}" ]; then
  fetch=(timeout "$DOWNLOAD_SECONDS_MAX" "${sudo[@]}" apt-get -o DPkg::Lock::Timeout=60 install -y -qq --download-only
    --no-install-recommends "${missing[@]}")
  "${fetch[@]}" >>"$log" 2>&1 || { apt update -qq && "${fetch[@]}" >>"$log" 2>&1; } \
    || { tail -n 5 "$log" >&2; echo "could not download: ${missing[*]}" >&2; exit 1; }
fi
apt install -y -qq --no-install-recommends "${missing[@]}" \
  || { apt update -qq && apt install -y -qq --no-install-recommends "${missing[@]}"; } \
  || { tail -n 20 "$log" >&2; echo "could not install: ${missing[*]}" >&2; exit 1; }

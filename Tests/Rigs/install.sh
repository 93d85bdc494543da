#!/usr/bin/env bash
# Installs what the rigs named need (all when none is named); quick when there is nothing to do. Starts nothing.
# Debian packages with apt, as root or by sudo; Python packages into RIGS_VENV.
set -euo pipefail
RIGS_VENV=${RIGS_VENV:-${HOME:?set HOME or RIGS_VENV}/.cache/martlet-rigs/venv}
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
[ "$#" -gt 0 ] || set -- moto radosgw etcd kerberos ldap openid
packages='openssl curl ca-certificates util-linux'
modules=''
for rig; do
  case ${rig%.sh} in
    moto)
      packages+=' python3-venv'
      modules+=' moto[server]'
      ;;
    etcd) packages+=' etcd-server etcd-client' ;;
    kerberos) packages+=' krb5-kdc krb5-admin-server krb5-user' ;;
    ldap) packages+=' slapd ldap-utils libsasl2-modules-gssapi-mit' ;;
    openid) packages+=' glewlwyd sqlite3' ;;
    radosgw) packages+=' radosgw ceph-mon ceph-osd ceph-common' ;;
    *)
      echo "install.sh: no rig $rig" >&2
      exit 2
      ;;
  esac
done
missing=''
for package in $packages; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=" $package"
done
if [ -n "$missing" ]; then
  sudo=''
  [ "$(id -u)" = 0 ] || sudo='sudo -n'
  # The packages' own services stay off: the rigs start their own.
  made=0
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' | $sudo tee /usr/sbin/policy-rc.d >/dev/null
    $sudo chmod +x /usr/sbin/policy-rc.d
    made=1
  fi
  install() {
    # shellcheck disable=SC2086
    $sudo apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends $missing >/dev/null
  }
  code=0
  install || { $sudo apt-get -o DPkg::Lock::Timeout=300 update -qq && install; } || code=$?
  [ "$made" = 0 ] || $sudo rm -f /usr/sbin/policy-rc.d
  [ "$code" = 0 ] || {
    echo "install.sh: apt-get install failed:$missing" >&2
    exit 1
  }
fi
for module in $modules; do
  [ -x "$RIGS_VENV/bin/python" ] || python3 -m venv "$RIGS_VENV"
  mark=$RIGS_VENV/.installed-${module%%\[*}
  [ -e "$mark" ] && continue
  "$RIGS_VENV/bin/python" -m pip install -q "$module"
  : >"$mark"
done

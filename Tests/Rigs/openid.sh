#!/usr/bin/env bash
# openid: glewlwyd, an OpenID provider, over HTTPS on loopback with a database of its own; openid.py drives it.
# Users alice, bob, carol, erin, frank (disabled), passwords NAME-pw-1; clients gateway, gateway-{es,ed,ps}, spa (public).
# Out: OPENID_{BASE,ISSUER,CA,STATE,PID}.
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/lib.sh"

rig_start() {
  need glewlwyd glewlwyd
  need sqlite3 sqlite3
  need curl curl
  [ -x "$RIGS_VENV/bin/python" ] || die "no Python at $RIGS_VENV: run Tests/Integration/run.sh"
  local port tables=/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3
  [ -e "$tables" ] || tables=/usr/share/doc/glewlwyd/database/init.sqlite3.sql
  [ -e "$tables" ] || tables+=.gz
  port port 14593
  make_ca
  make_cert openid
  rm -rf "$DIR/data"
  mkdir -p "$DIR/data/www" "$DIR/log"
  zcat -f "$tables" | sqlite3 "$DIR/data/glewlwyd.db"
  cat >"$DIR/glewlwyd.conf" <<CONF
port=$port
bind_address="$HOST"
external_url="https://localhost:$port"
login_url="login.html"
api_prefix="api"
static_files_path="$DIR/data/www/"
log_mode="console"
log_level="INFO"
cookie_secure=1
session_expiration=86400
session_key="GLEWLWYD2_SESSION_ID"
admin_session_authentication="cookie"
profile_session_authentication="cookie"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
user_middleware_module_path="$DIR/data"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
use_secure_connection=true
secure_connection_key_file="$DIR/pki/openid.key"
secure_connection_pem_file="$DIR/pki/openid.pem"
hash_algorithm="SHA512"
database = { type="sqlite3" path="$DIR/data/glewlwyd.db" };
static_files_mime_types = ( { extension=".html" mime_type="text/html" compress=0 } )
CONF
  spawn glewlwyd glewlwyd --config-file="$DIR/glewlwyd.conf"
  await glewlwyd 20 curl -sf --cacert "$DIR/pki/ca.pem" "https://localhost:$port/config"
  export OPENID_BASE=https://localhost:$port OPENID_CA=$DIR/pki/ca.pem OPENID_STATE=$DIR/data/state.json
  "$RIGS_VENV/bin/python" "$HERE/openid.py" setup 3600 >>"$DIR/log/setup.log" 2>&1 || {
    tail -n 5 "$DIR/log/setup.log" >&2
    die "the provider could not be set up"
  }
  export_kv OPENID_BASE "$OPENID_BASE"
  export_kv OPENID_ISSUER "$OPENID_BASE/api/oidc"
  export_kv OPENID_CA "$OPENID_CA"
  export_kv OPENID_STATE "$OPENID_STATE"
  export_kv OPENID_PID "$(cut -d' ' -f1 "$DIR/run/glewlwyd.pid")"
}

rig_main "$@"

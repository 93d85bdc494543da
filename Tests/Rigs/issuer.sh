#!/usr/bin/env bash
# issuer: an OpenID Connect issuer that mints any token, rotates keys and misbehaves on demand (issuer.py).
# Out: MARTLET_ISSUER_URL, _CONTROL, _CA.
. "$(dirname "$0")/lib.sh"

rig_start() {
  local port
  [ -x "$RIGS_VENV/bin/python" ] || die "no Python at $RIGS_VENV: run Tests/Integration/run.sh"
  need curl curl
  port port 14693
  make_ca
  make_cert issuer
  spawn issuer "$RIGS_VENV/bin/python" "$(dirname "$0")/issuer.py" "$port" "$DIR/pki/issuer.pem" "$DIR/pki/issuer.key"
  await issuer 20 curl -sf --cacert "$DIR/pki/ca.pem" "https://localhost:$port/jwks"
  export_kv MARTLET_ISSUER_URL "https://localhost:$port"
  export_kv MARTLET_ISSUER_CONTROL "https://localhost:$port/-"
  export_kv MARTLET_ISSUER_CA "$DIR/pki/ca.pem"
}

rig_main "$@"

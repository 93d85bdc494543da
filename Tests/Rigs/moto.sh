#!/usr/bin/env bash
# moto: an S3 store in one process, everything in memory. It checks no signatures.
# In: RIG_TLS=1. Out: MARTLET_S3_URL, _CA, _REGION, _ACCESS_KEY, _SECRET_KEY.
. "$(dirname "$0")/lib.sh"

rig_start() {
  local moto=$RIGS_VENV/bin/moto_server scheme=http port
  local -a tls=()
  [ -x "$moto" ] || die "no moto_server: run Tests/Rigs/install.sh moto"
  need curl curl
  port port 15000
  make_ca
  make_cert moto
  if [ "${RIG_TLS:-0}" = 1 ]; then
    scheme=https
    tls=(-c "$DIR/pki/moto.pem" -k "$DIR/pki/moto.key")
  fi
  spawn moto "$moto" -H "$HOST" -p "$port" "${tls[@]}"
  await moto 40 curl -sf --cacert "$DIR/pki/ca.pem" "$scheme://localhost:$port/moto-api/data.json"
  export_kv MARTLET_S3_URL "$scheme://localhost:$port"
  export_kv MARTLET_S3_CA "$DIR/pki/ca.pem"
  export_kv MARTLET_S3_REGION us-east-1
  export_kv MARTLET_S3_ACCESS_KEY test
  export_kv MARTLET_S3_SECRET_KEY test
}

rig_main "$@"

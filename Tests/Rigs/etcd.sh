#!/usr/bin/env bash
# etcd on loopback: a cluster of three, over TLS with client certificates where that is asked for.
# In: RIG_ETCD_NODES=1|3, RIG_TLS=1, RIG_ETCD_AUTH=1 (users root and gateway; gateway may use /gateway/ only).
# Out: MARTLET_ETCD_ENDPOINTS, _CA, _CERT, _KEY, _USERNAME, _PASSWORD, _PREFIX, _PID_0 …
. "$(dirname "$0")/lib.sh"

ctl() {
  local -a tls=()
  [ "$scheme" = https ] && tls=(--cacert "$DIR/pki/ca.pem" --cert "$DIR/pki/client.pem" --key "$DIR/pki/client.key")
  ETCDCTL_API=3 etcdctl --endpoints "$endpoints" --dial-timeout 2s "${tls[@]}" "$@"
}

# etcd's JSON gateway refuses client certificates with a common name when users log in.
make_nameless_cert() {
  local pki=$DIR/pki
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$pki/client.key" 2>/dev/null
  printf '%s\n' basicConstraints=CA:FALSE extendedKeyUsage=clientAuth >"$pki/client.ext"
  openssl req -new -key "$pki/client.key" -subj "/O=Example Test" -out "$pki/client.csr" 2>/dev/null
  openssl x509 -req -in "$pki/client.csr" -CA "$pki/ca.pem" -CAkey "$pki/ca.key" \
    -set_serial "0x$(openssl rand -hex 12)" -days 30 -extfile "$pki/client.ext" -out "$pki/client.pem" 2>/dev/null
}

rig_start() {
  need etcd etcd-server
  need etcdctl etcd-client
  local nodes=${RIG_ETCD_NODES:-3} i cluster='' name pid rootword word urls=''
  scheme=http
  endpoints=''
  local -a clients=() peers=() tls=()
  if [ "${RIG_TLS:-0}" = 1 ]; then
    scheme=https
    make_ca
    make_cert server
    make_nameless_cert
    tls=(--cert-file "$DIR/pki/server.pem" --key-file "$DIR/pki/server.key" --client-cert-auth
      --trusted-ca-file "$DIR/pki/ca.pem" --peer-cert-file "$DIR/pki/server.pem" --peer-key-file "$DIR/pki/server.key"
      --peer-trusted-ca-file "$DIR/pki/ca.pem" --peer-client-cert-auth)
  fi
  for ((i = 0; i < nodes; i++)); do
    port "client_$i" $((13379 + 10 * i))
    name=client_$i
    clients[i]=${!name}
    port "peer_$i" $((13380 + 10 * i))
    name=peer_$i
    peers[i]=${!name}
    cluster+="${cluster:+,}n$i=$scheme://$HOST:${peers[i]}"
    endpoints+="${endpoints:+,}$HOST:${clients[i]}"
    urls+="${urls:+,}$scheme://$HOST:${clients[i]}"
  done
  rm -rf "$DIR/data"
  mkdir -p "$DIR/data"
  for ((i = 0; i < nodes; i++)); do
    spawn "etcd$i" etcd --name "n$i" --data-dir "$DIR/data/n$i" --logger zap --log-level warn \
      --listen-client-urls "$scheme://$HOST:${clients[i]}" --advertise-client-urls "$scheme://$HOST:${clients[i]}" \
      --listen-peer-urls "$scheme://$HOST:${peers[i]}" --initial-advertise-peer-urls "$scheme://$HOST:${peers[i]}" \
      --initial-cluster "$cluster" --initial-cluster-state new --initial-cluster-token "rig-$$" \
      --heartbeat-interval 100 --election-timeout 1000 --enable-v2=false "${tls[@]}"
  done
  for ((i = 0; i < nodes; i++)); do await "etcd$i" 40 ctl endpoint health; done
  export_kv MARTLET_ETCD_ENDPOINTS "$urls"
  if [ "$scheme" = https ]; then
    export_kv MARTLET_ETCD_CA "$DIR/pki/ca.pem"
    export_kv MARTLET_ETCD_CERT "$DIR/pki/client.pem"
    export_kv MARTLET_ETCD_KEY "$DIR/pki/client.key"
  fi
  if [ "${RIG_ETCD_AUTH:-0}" = 1 ]; then
    rootword=$(random 8)
    word=$(random 8)
    {
      ctl user add "root:$rootword" && ctl user grant-role root root && ctl role add gateway \
        && ctl role grant-permission gateway --prefix=true readwrite /gateway/ && ctl user add "gateway:$word" \
        && ctl user grant-role gateway gateway && ctl auth enable
    } >"$DIR/log/auth.log" 2>&1 || die "users cannot be set up: $(tail -n 3 "$DIR/log/auth.log")"
    export_kv MARTLET_ETCD_USERNAME gateway
    export_kv MARTLET_ETCD_PASSWORD "$word"
    export_kv MARTLET_ETCD_PREFIX /gateway/
  fi
  for ((i = 0; i < nodes; i++)); do
    read -r pid _ <"$DIR/run/etcd$i.pid"
    export_kv "MARTLET_ETCD_PID_$i" "$pid"
  done
}

rig_main "$@"

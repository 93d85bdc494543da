#!/usr/bin/env bash
# kerberos: an MIT Kerberos KDC on loopback, realms EXAMPLE.TEST and OTHER.TEST (which trusts nobody, and is trusted).
# Users: alice, bob, carol, frank (disabled), robot/batch, short (tickets of some seconds); passwords NAME-pw-1.
# Out: KRB5_CONFIG, MARTLET_KRB5_{KEYTAB,STALE_KEYTAB,CLIENT_KEYTAB,KDC_PID}.
. "$(dirname "$0")/lib.sh"

realm() { # NAME PORT
  cat <<CONF
  $1 = {
    database_name = $DIR/data/$1
    key_stash_file = $DIR/data/$1.stash
    kdc_listen = $HOST:$2
    kdc_tcp_listen = $HOST:$2
    max_life = 10h
    max_renewable_life = 1d
    supported_enctypes = aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal
  }
CONF
}

create() { # NAME, commands of kadmin on the input
  kdb5_util -r "$1" create -s -P "$(random 16)" >"$DIR/log/$1.log" 2>&1 </dev/null || die "kdb5_util failed for $1"
  kadmin.local -r "$1" >>"$DIR/log/$1.log" 2>&1 || die "kadmin.local failed for $1"
}

rig_start() {
  need kinit krb5-user
  PATH=$PATH:/usr/sbin
  need krb5kdc krb5-kdc
  need kadmin.local krb5-admin-server
  local port u trust
  port port 10088
  rm -rf "$DIR/data" "$DIR/keytabs"
  mkdir -p "$DIR/data" "$DIR/keytabs" "$DIR/run" "$DIR/log"
  # Names in URLs are names in tickets: nothing is looked up.
  cat >"$DIR/krb5.conf" <<CONF
[libdefaults]
  default_realm = EXAMPLE.TEST
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
  default_ccache_name = FILE:$DIR/ccache
  default_keytab_name = FILE:$DIR/keytabs/none
  default_client_keytab_name = FILE:$DIR/keytabs/none
[realms]
  EXAMPLE.TEST = {
    kdc = $HOST:$port
  }
  OTHER.TEST = {
    kdc = $HOST:$port
  }
[domain_realm]
  localhost = EXAMPLE.TEST
  .example.test = EXAMPLE.TEST
[capaths]
  OTHER.TEST = {
    EXAMPLE.TEST = .
  }
CONF
  {
    printf '[kdcdefaults]\n  kdc_listen = %s:%s\n  kdc_tcp_listen = %s:%s\n[realms]\n' "$HOST" "$port" "$HOST" "$port"
    realm EXAMPLE.TEST "$port"
    realm OTHER.TEST "$port"
    printf '[dbmodules]\n  db_module_dir = /usr/lib/%s-linux-gnu/krb5/plugins/kdb\n' "$(uname -m)"
  } >"$DIR/kdc.conf"
  export KRB5_CONFIG=$DIR/krb5.conf KRB5_KDC_PROFILE=$DIR/kdc.conf
  trust=$(random 16)
  local kt=$DIR/keytabs
  {
    for u in alice bob carol robot/batch WELLKNOWN/guest; do echo "addprinc -pw ${u%%/*}-pw-1 $u"; done
    echo "addprinc -pw frank-pw-1 -allow_tix frank"
    echo "addprinc -pw short-pw-1 -maxlife 3seconds short"
    echo "addprinc -randkey HTTP/localhost"
    echo "addprinc -randkey HTTP/gateway.example.test"
    echo "ktadd -k $kt/http.keytab HTTP/localhost HTTP/gateway.example.test"
    # A key that the gateway has, for a service that it is not.
    echo "addprinc -randkey ldap/localhost"
    echo "ktadd -k $kt/http.keytab ldap/localhost"
    # Who looks people up in a directory.
    echo "addprinc -randkey martlet"
    echo "ktadd -k $kt/martlet.keytab martlet"
    # The key changes after it was written to the keytab.
    echo "addprinc -randkey HTTP/stale.example.test"
    echo "ktadd -k $kt/stale.keytab HTTP/stale.example.test"
    echo "cpw -randkey HTTP/stale.example.test"
    echo "addprinc -pw $trust krbtgt/EXAMPLE.TEST@OTHER.TEST"
  } | create EXAMPLE.TEST
  {
    echo "addprinc -pw alice-pw-1 alice"
    echo "addprinc -pw $trust krbtgt/EXAMPLE.TEST@OTHER.TEST"
  } | create OTHER.TEST
  spawn krb5kdc krb5kdc -n -r EXAMPLE.TEST -r OTHER.TEST
  await krb5kdc 15 listening "$port"
  export_kv KRB5_CONFIG "$DIR/krb5.conf"
  export_kv MARTLET_KRB5_KEYTAB "$kt/http.keytab"
  export_kv MARTLET_KRB5_CLIENT_KEYTAB "$kt/martlet.keytab"
  export_kv MARTLET_KRB5_STALE_KEYTAB "$kt/stale.keytab"
  export_kv MARTLET_KRB5_KDC_PID "$(cut -d' ' -f1 "$DIR/run/krb5kdc.pid")"
}

rig_main "$@"

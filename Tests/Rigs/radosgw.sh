#!/usr/bin/env bash
# Ceph: one monitor, one OSD (objects in memory), RADOS Gateway: a real S3 store that checks signatures.
# In: RIG_TLS=1, RIG_MEMORY (bytes for objects, 2 GiB).
# Out: MARTLET_S3_URL, _CA, _REGION, _ACCESS_KEY, _SECRET_KEY, _CHECKS_SIGNATURES=1,
#      and a second user's MARTLET_S3_OTHER_ACCESS_KEY, _OTHER_SECRET_KEY.
. "$(dirname "$0")/lib.sh"

rig_start() {
  need ceph-mon ceph-mon
  need ceph-osd ceph-osd
  need radosgw radosgw
  need ceph ceph-common
  need curl curl
  local port monitor scheme=http front fsid uuid access secret other_access other_secret
  port port 17480
  port monitor 16789
  fsid=$(cat /proc/sys/kernel/random/uuid)
  uuid=$(cat /proc/sys/kernel/random/uuid)
  make_ca
  make_cert rgw
  rm -rf "$DIR/data"
  mkdir -p "$DIR/data/mon" "$DIR/data/osd" "$DIR/data/rgw" "$DIR/log" "$DIR/run"
  front="beast endpoint=$HOST:$port"
  if [ "${RIG_TLS:-0}" = 1 ]; then
    scheme=https
    front="beast ssl_endpoint=$HOST:$port ssl_certificate=$DIR/pki/rgw.pem ssl_private_key=$DIR/pki/rgw.key"
  fi
  cat >"$DIR/ceph.conf" <<CONF
[global]
fsid = $fsid
mon_host = v2:$HOST:$monitor
ms_bind_msgr1 = false
ms_bind_ipv6 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
ms_mon_client_mode = crc
keyring = $DIR/data/keyring
run_dir = $DIR/run
admin_socket =
pid_file =
log_to_stderr = true
err_to_stderr = true
log_file =
mon_cluster_log_file = $DIR/log/cluster-events.log
crash_dir = $DIR/data
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 2
osd_pool_default_pgp_num = 2
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
osd_crush_update_on_start = true
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 1000
mon_data_avail_crit = 1
mon_data_avail_warn = 2
[mon]
mon_data = $DIR/data/mon
mon_osd_initial_require_min_compat_client = luminous
paxos_min_wait = 0.01
paxos_propose_interval = 0.05
mon_tick_interval = 1
[osd]
osd_data = $DIR/data/osd
public_addr = $HOST
cluster_addr = $HOST
osd_objectstore = memstore
osd_class_dir = /usr/lib/$(uname -m)-linux-gnu/rados-classes
memstore_device_bytes = ${RIG_MEMORY:-2147483648}
osd_max_object_name_len = 2048
[client.rgw]
rgw_data = $DIR/data/rgw
rgw_frontends = $front
rgw_dns_name = localhost
rgw_enable_apis = s3, admin
rgw_crypt_require_ssl = false
rgw_thread_pool_size = 64
rgw_enable_gc_threads = false
rgw_init_timeout = 60
CONF
  touch "$DIR/data/keyring"
  export CEPH_CONF=$DIR/ceph.conf
  setup monmaptool --create --clobber --fsid "$fsid" --addv a "[v2:$HOST:$monitor]" "$DIR/data/monmap"
  setup ceph-mon -c "$CEPH_CONF" -i a --mkfs --monmap "$DIR/data/monmap"
  spawn mon ceph-mon -c "$CEPH_CONF" -i a -f
  await mon 30 timeout 10 ceph -c "$CEPH_CONF" --connect-timeout 3 mon stat
  setup timeout 20 ceph -c "$CEPH_CONF" osd new "$uuid"
  setup ceph-osd -c "$CEPH_CONF" -i 0 --mkfs --osd-uuid "$uuid"
  spawn osd ceph-osd -c "$CEPH_CONF" -i 0 -f
  await osd 30 sh -c "timeout 10 ceph -c '$CEPH_CONF' osd stat | grep -q '1 up'"
  spawn rgw radosgw -c "$CEPH_CONF" -n client.rgw -f
  await rgw 60 curl -sf --cacert "$DIR/pki/ca.pem" "$scheme://localhost:$port/"
  access=MARTLET$(random 6 | tr a-f A-F)
  secret=$(random 20)
  other_access=OTHER$(random 6 | tr a-f A-F)
  other_secret=$(random 20)
  admin user create --uid=martlet --display-name=martlet --access-key="$access" --secret-key="$secret"
  admin user create --uid=other --display-name=other --access-key="$other_access" --secret-key="$other_secret"
  export_kv MARTLET_S3_URL "$scheme://localhost:$port"
  export_kv MARTLET_S3_CA "$DIR/pki/ca.pem"
  export_kv MARTLET_S3_REGION us-east-1
  export_kv MARTLET_S3_ACCESS_KEY "$access"
  export_kv MARTLET_S3_SECRET_KEY "$secret"
  export_kv MARTLET_S3_OTHER_ACCESS_KEY "$other_access"
  export_kv MARTLET_S3_OTHER_SECRET_KEY "$other_secret"
  export_kv MARTLET_S3_CHECKS_SIGNATURES 1
}

setup() {
  "$@" >>"$DIR/log/setup.log" 2>&1 || {
    tail "$DIR/log/setup.log" >&2
    die "$1 failed"
  }
}
admin() { setup timeout 30 radosgw-admin -c "$CEPH_CONF" -n client.rgw "$@"; }

rig_main "$@"

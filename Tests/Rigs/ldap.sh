#!/usr/bin/env bash
# ldap: OpenLDAP on loopback: LDAP with StartTLS, LDAPS, ppolicy, nested groups, a cycle, odd names, a referral.
# Users alice, bob … with password NAME-pw-1; LOAD=N in the environment: load0 … loadN-1 besides.
# With KRB5_KTNAME in the environment, GSSAPI for the key of ldap/localhost: martlet@EXAMPLE.TEST looks people up.
# Out: MARTLET_LDAP_{PORT,TLS_PORT,CA,LOOKUP_PASSWORD,ROOT_PASSWORD,PID,COMMAND}.
. "$(dirname "$0")/lib.sh"
BASE=dc=example,dc=test

person() { # UID CN [EXTRA_LINES] [UNIT]
  printf 'dn: uid=%s,ou=%s,%s\nobjectClass: inetOrgPerson\nuid: %s\ncn: %s\nsn: %s\nmail: %s@example.test\nuserPassword: %s-pw-1\n%b\n' \
    "$1" "${4:-people}" "$BASE" "$1" "$2" "${2##* }" "$1" "$1" "${3:-}"
}
base64_line() { printf '%s:: %s\n' "$1" "$(printf %s "$2" | base64 -w0)"; }
group() { # DN CN MEMBER...
  local member
  base64_line dn "$1"
  printf 'objectClass: groupOfNames\n'
  base64_line cn "$2"
  for member in "${@:3}"; do base64_line member "$member"; done
  echo
}

seed() { # PASSWORD of cn=lookup
  local p=ou=people,$BASE g=ou=groups,$BASE unit i
  printf 'dn: %s\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n' "$BASE"
  for unit in people contractors groups services policies; do
    printf 'dn: ou=%s,%s\nobjectClass: organizationalUnit\nou: %s\n\n' "$unit" "$BASE" "$unit"
  done
  printf 'dn: cn=default,ou=policies,%s\nobjectClass: person\nobjectClass: pwdPolicy\ncn: default\nsn: x\npwdAttribute: userPassword\npwdLockout: TRUE\npwdMaxFailure: 100\npwdMustChange: TRUE\npwdAllowUserChange: TRUE\n\n' "$BASE"
  printf 'dn: cn=aging,ou=policies,%s\nobjectClass: person\nobjectClass: pwdPolicy\ncn: aging\nsn: x\npwdAttribute: userPassword\npwdMaxAge: 86400\n\n' "$BASE"
  printf 'dn: cn=lookup,ou=services,%s\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: lookup\nuserPassword: %s\n\n' "$BASE" "$1"
  person alice 'Alice Adams'
  person bob 'Bob Brown'
  person carol 'Carol Clark'
  person dave 'Dave Dunn'
  person erin 'Erin Evans'
  person frank 'Frank Fox' 'pwdAccountLockedTime: 000001010000Z\n'
  person grace 'Grace Gray' 'pwdReset: TRUE\n'
  person heidi 'Heidi Hill' "pwdPolicySubentry: cn=aging,ou=policies,$BASE\npwdChangedTime: 20200101000000Z\n"
  person ivan 'Ivan Iles' 'objectClass: exampleAccount\nuserAccountControl: 514\n'
  person judy 'Judy Jones' 'objectClass: exampleAccount\nuserAccountControl: 512\n'
  person twin 'Twin One'
  person twin 'Twin Two' '' contractors
  base64_line dn "cn=Doe\\2C Zoë (ops*),$p"
  printf 'objectClass: inetOrgPerson\n'
  base64_line uid 'zoë*(ops)'
  base64_line cn 'Doe, Zoë (ops*)'
  printf 'sn: Doe\n'
  base64_line userPassword 'pä*ss)(\,word'
  echo
  for ((i = 0; i < ${LOAD:-0}; i++)); do person "load$i" "Load $i"; done
  group "cn=readers,$g" readers "uid=alice,$p" "uid=bob,$p" "uid=judy,$p" "uid=frank,$p" "uid=grace,$p" "uid=heidi,$p" "uid=ivan,$p"
  group "cn=engineers,$g" engineers "uid=alice,$p" "uid=dave,$p"
  # Engineers are writers, and writers are administrators.
  group "cn=writers,$g" writers "uid=carol,$p" "cn=engineers,$g"
  group "cn=admins,$g" admins "cn=writers,$g"
  group "cn=loop-a,$g" loop-a "uid=bob,$p"
  group "cn=loop-b,$g" loop-b "cn=loop-a,$g"
  printf 'dn: cn=loop-a,%s\nchangetype: modify\nadd: member\nmember: cn=loop-b,%s\n\n' "$g" "$g"
  group "cn=night\\2C \\22late\\22 (eu*),$g" 'night, "late" (eu*)' "cn=Doe\\2C Zoë (ops*),$p"
  printf 'dn: cn=posix,%s\nobjectClass: posixGroup\ncn: posix\ngidNumber: 5001\nmemberUid: erin\n\n' "$g"
  printf 'dn: ou=elsewhere,ou=people,%s\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\nref: ldap://%s:9/ou=elsewhere,%s\n\n' "$BASE" "$HOST" "$BASE"
}

rig_start() {
  PATH=$PATH:/usr/sbin
  need slapd slapd
  need ldapadd ldap-utils
  local port tls_port root lookup
  port port 10389
  port tls_port 10636
  make_ca
  # The library takes the host's own name for localhost before it checks the certificate.
  make_cert slapd "DNS:$(uname -n)"
  root=$(random 16)
  lookup=lookup-$(random 8)
  rm -rf "$DIR/data"
  mkdir -p "$DIR/data" "$DIR/run" "$DIR/log"
  cat >"$DIR/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload refint
moduleload ppolicy
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.32473.1.1 NAME 'exampleAccount' SUP top AUXILIARY MAY userAccountControl )
TLSCACertificateFile $DIR/pki/ca.pem
TLSCertificateFile $DIR/pki/slapd.pem
TLSCertificateKeyFile $DIR/pki/slapd.key
# As Active Directory does: a name without a password is nobody, and nobody gets a yes.
allow bind_anon_cred bind_anon_dn
sasl-host localhost
sasl-realm EXAMPLE.TEST
authz-regexp uid=martlet,cn=example.test,cn=gssapi,cn=auth cn=lookup,ou=services,$BASE
database mdb
suffix $BASE
rootdn cn=root,$BASE
rootpw $root
directory $DIR/data
maxsize 268435456
dbnosync
index objectClass,uid,cn,member,memberUid eq
access to attrs=userPassword by self write by anonymous auth by * none
access to * by dn.exact="cn=lookup,ou=services,$BASE" read by self read by anonymous auth by * none
overlay refint
refint_attributes member
overlay ppolicy
ppolicy_default cn=default,ou=policies,$BASE
ppolicy_use_lockout
CONF
  printf 'exec slapd -f %s -d stats -h "ldap://%s:%s ldaps://%s:%s"\n' \
    "$DIR/slapd.conf" "$HOST" "$port" "$HOST" "$tls_port" >"$DIR/slapd.sh"
  spawn slapd bash "$DIR/slapd.sh"
  await slapd 20 listening "$tls_port"
  seed "$lookup" >"$DIR/seed.ldif"
  LDAPTLS_CACERT=$DIR/pki/ca.pem ldapadd -x -e relax -H "ldaps://localhost:$tls_port" -D "cn=root,$BASE" -w "$root" \
    -f "$DIR/seed.ldif" >"$DIR/log/seed.log" 2>&1 || {
    tail -n 5 "$DIR/log/seed.log" >&2
    die "the directory could not be filled"
  }
  export_kv MARTLET_LDAP_PORT "$port"
  export_kv MARTLET_LDAP_TLS_PORT "$tls_port"
  export_kv MARTLET_LDAP_CA "$DIR/pki/ca.pem"
  export_kv MARTLET_LDAP_LOOKUP_PASSWORD "$lookup"
  export_kv MARTLET_LDAP_ROOT_PASSWORD "$root"
  export_kv MARTLET_LDAP_PID "$(cut -d' ' -f1 "$DIR/run/slapd.pid")"
}

rig_main "$@"

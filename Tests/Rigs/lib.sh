# shellcheck shell=bash
# Shared by the rigs: ports, certificates, child processes, exports. Sourced, never run.
# A rig defines rig_start and ends with: rig_main "$@"
set -euo pipefail
umask 077
export LC_ALL=C.UTF-8
RIGS_VENV=${RIGS_VENV:-${HOME:?set HOME or RIGS_VENV}/.cache/martlet-rigs/venv}
RIG=$(basename "$0" .sh)
HOST=127.0.0.1 # never another interface

say() { printf '%s: %s\n' "$RIG" "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# need PROGRAM PACKAGE
need() { command -v "$1" >/dev/null 2>&1 || die "no $1: run Tests/Rigs/install.sh $RIG (package $2)"; }

listening() { (exec 3<>"/dev/tcp/$HOST/$1") 2>/dev/null; }
TAKEN=' '
# port NAME DEFAULT: sets NAME to the first free port from DEFAULT on.
port() {
  local -n out=$1
  local p=$2
  while [[ $TAKEN == *" $p "* ]] || listening "$p"; do
    p=$((p + 7))
    [ "$p" -lt $(($2 + 1400)) ] || die "no free port near $2"
  done
  out=$p
  TAKEN+="$p "
}

# Child processes: DIR/run/NAME.pid holds "PID STARTTIME", so that a pid that was reused is never ended.
starttime() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
alive() {
  local pid started
  read -r pid started 2>/dev/null <"$DIR/run/$1.pid" || return 1
  [ -n "$started" ] && [ "$(starttime "$pid")" = "$started" ] && ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null
}
# spawn NAME COMMAND...: in the background, in a session of its own, output to DIR/log/NAME.log
spawn() {
  local name=$1 pid
  shift
  mkdir -p "$DIR/run" "$DIR/log"
  setsid "$@" </dev/null >>"$DIR/log/$name.log" 2>&1 3>&- 9>&- &
  pid=$!
  echo "$pid $(starttime "$pid")" >"$DIR/run/$name.pid"
}
# await NAME SECONDS COMMAND...: until COMMAND succeeds, while NAME lives
await() {
  local name=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ! alive "$name" || [ "$SECONDS" -ge "$end" ]; then
      tail -n 15 "$DIR/log/$name.log" >&2 || true
      die "$name did not start (log: $DIR/log/$name.log)"
    fi
    sleep 0.1
  done
}
stop_one() {
  local file=$DIR/run/$1.pid pid i
  [ -f "$file" ] || return 0
  if alive "$1"; then
    read -r pid _ <"$file"
    kill -TERM "$pid" 2>/dev/null || true
    for ((i = 0; i < 100; i++)); do
      alive "$1" || break
      sleep 0.1
    done
    kill -KILL -- "-$pid" 2>/dev/null || true # what is left of its session
  fi
  rm -f "$file"
}
stop_all() {
  local file
  [ -d "$DIR/run" ] || return 0
  while read -r file; do stop_one "$(basename "$file" .pid)"; done < <(ls -t "$DIR"/run/*.pid 2>/dev/null)
}
all_alive() {
  local file count=0
  for file in "$DIR"/run/*.pid; do
    [ -f "$file" ] || continue
    alive "$(basename "$file" .pid)" || return 1
    count=$((count + 1))
  done
  [ "$count" -gt 0 ]
}

EXPORTS=()
export_kv() { EXPORTS+=("export $1='${2//\'/\'\\\'\'}'"); }

# Certificates: DIR/pki/ca.pem, and make_cert NAME [NAMES] for DIR/pki/NAME.pem and .key (localhost, 127.0.0.1, ::1).
make_ca() {
  need openssl openssl
  mkdir -p "$DIR/pki"
  [ -s "$DIR/pki/ca.pem" ] && return 0
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$DIR/pki/ca.key" 2>/dev/null
  openssl req -x509 -new -key "$DIR/pki/ca.key" -days 30 -subj "/O=Example Test/CN=$RIG test CA" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
    -out "$DIR/pki/ca.pem" 2>/dev/null
}
make_cert() {
  local pki=$DIR/pki
  [ -s "$pki/$1.pem" ] && return 0
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$pki/$1.key" 2>/dev/null
  printf '%s\n' basicConstraints=CA:FALSE keyUsage=critical,digitalSignature extendedKeyUsage=serverAuth,clientAuth \
    "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1${2:+,$2}" >"$pki/$1.ext"
  openssl req -new -key "$pki/$1.key" -subj "/O=Example Test/CN=$1" -out "$pki/$1.csr" 2>/dev/null
  openssl x509 -req -in "$pki/$1.csr" -CA "$pki/ca.pem" -CAkey "$pki/ca.key" -set_serial "0x$(openssl rand -hex 12)" \
    -days 30 -extfile "$pki/$1.ext" -out "$pki/$1.pem" 2>/dev/null
}
random() { openssl rand -hex "$1"; }

rig_main() {
  local verb=${1:-}
  [ -n "${2:-}" ] || die "use: $RIG.sh start|env|stop DIR"
  case $verb in
    start)
      mkdir -p "$2"
      DIR=$(cd "$2" && pwd)
      cd "$DIR"
      if [ -f "$DIR/env" ] && all_alive; then
        cat "$DIR/env"
        return 0
      fi
      stop_all
      # One start at a time, so that two never choose the same port.
      exec 9>"${TMPDIR:-/tmp}/martlet-rigs-$(id -u).lock"
      flock -w 300 9 || die "another rig has been starting for 300 s"
      trap 'code=$?; [ $code = 0 ] || stop_all' EXIT
      rig_start
      printf '%s\n' "${EXPORTS[@]}" >"$DIR/env"
      exec 9>&-
      trap - EXIT
      cat "$DIR/env"
      ;;
    env) cat "$2/env" ;;
    stop)
      [ -d "$2" ] || return 0
      DIR=$(cd "$2" && pwd)
      cd "$DIR"
      stop_all
      rm -f "$DIR/env"
      ;;
    *) die "use: $RIG.sh start|env|stop DIR" ;;
  esac
}

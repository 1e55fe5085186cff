#!/bin/sh
# Makes what this deployment keeps secret, once, at random: one folder (volume) per reader, so that nobody sees more than its own.
# Runs as a job of docker-compose.yml; running it again changes nothing.
set -eu
umask 022
cd /secrets

random () { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
once () { [ -s "$1" ] || { printf '%s' "$2" > "$1.part" && chmod 444 "$1.part" && mv "$1.part" "$1"; }; }
url () { printf 'postgres://%s:%s@postgres:5432/dueline' "$1" "$2"; }

once postgres/password "$(random)"
once roles/admin-url "$(url dueline "$(cat postgres/password)")"
once migrate/url "$(url dueline_owner "$(random)")"
once roles/bus-url "$(url dueline_bus "$(random)")"
cp migrate/url roles/migration-url
for service in ticket sla-policy clock escalation notification directory template; do
  once "$service/database-url" "$(url "dueline_$(echo "$service" | tr - _)" "$(random)")"
  cp "$service/database-url" "roles/$service-url"
done
once directory/api-key-secret "$(head -c 32 /dev/urandom | base64)"
once template/object-signing-key "$(head -c 32 /dev/urandom | base64)"
once notification/webhook-secret-key "$(head -c 32 /dev/urandom | base64)"
chown 1000:1000 issuer objects

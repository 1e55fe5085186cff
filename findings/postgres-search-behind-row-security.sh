#!/usr/bin/env bash
# PostgreSQL 18.4: behind row-level security a full-text index is not used, not even when the query names the tenant
# itself.
#
# A policy is taken for a condition that is added, so an index on the words should serve as before, and a hand-written
# `tenant = 5` should at least repair it. `@@` is not marked leakproof, and what is not may not run before the policy,
# also not inside an index; `=` on integers may. So a search reads all rows of the tenant. The same holds for `like`,
# `@>` on jsonb, `&&` on arrays and `=` on numeric and enums.
#
# The product's tenant is a condition of every query and part of every key; row-level security is not what keeps tenants
# apart (packages/postgres/src/database.ts, tenantTx), so searches keep their index
# (services/ticket/migrations/0001_tickets.sql).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
postgres
cat >seen.mjs <<'END'
import { connect, plan } from './client.mjs'
const client = await connect('-c app.tenant=5 -c max_parallel_workers_per_gather=0')
await client.query(`
  create table ticket as
    select id % 100 as tenant, id, to_tsvector('simple', 'word' || id) as words from generate_series(1, 50000) id;
  create index by_words on ticket using gin (words);
  create index by_tenant on ticket (tenant);
  analyze ticket;
  create role app; grant select on ticket to app;
  alter table ticket enable row level security;
  create policy own on ticket using (tenant = current_setting('app.tenant')::int)`)
const search = "select id from ticket where words @@ 'word105'::tsquery"
const index = (found) => found.match(/by_\w+|Seq Scan/g).join(' ')
console.log('the owner:                ', index(await plan(client, search)))
await client.query('set role app')
console.log('behind the policy:        ', index(await plan(client, search)))
console.log('and tenant = 5, by hand:  ', index(await plan(client, `${search} and tenant = 5`)))
await client.end()
END
expect node seen.mjs <<'END'
the owner:                 by_words
behind the policy:         by_tenant
and tenant = 5, by hand:   by_tenant
END

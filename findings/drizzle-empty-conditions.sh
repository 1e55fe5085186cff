#!/usr/bin/env bash
# drizzle-orm 0.45.4: delete where any of no conditions deletes every row, and a limit that is no number is no limit.
#
# `inArray(column, [])` is false, as it should be. `or()` of an empty list is no condition at all (so is `and()`),
# though "any of none" is false in logic, in JavaScript (`[].some`) and in the same library's own inArray. And
# limit(NaN), limit(-1) and limit('20') (a query parameter that nobody parsed) leave the limit out without a word; `=
# ${undefined}` in a template leaves a hole behind the `=`.
#
# The product's conditions begin with the tenant and are joined by and (services/clock/src/store/clock-list.ts), lists
# of one's own are parameters of `= any(…)`, and limits are integers by schema before they get there
# (packages/http/src/validation.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages drizzle-orm@0.45.4 pg@8.23.1
cat >seen.mjs <<'END'
import { drizzle } from 'drizzle-orm/node-postgres'
import { and, inArray, or, sql } from 'drizzle-orm'
import { integer, pgTable } from 'drizzle-orm/pg-core'
const db = drizzle.mock()
const ticket = pgTable('ticket', { id: integer() })
const show = (name, query) => console.log(`${name}:`, query.toSQL().sql)
show('inArray of []', db.delete(ticket).where(inArray(ticket.id, [])))
show('or of []', db.delete(ticket).where(or(...[])))
show('and of []', db.delete(ticket).where(and(...[])))
for (const limit of [20, '20', -1, NaN])
  show(`limit(${typeof limit === 'string' ? `"${limit}"` : limit})`, db.select().from(ticket).limit(limit))
show(
  'undefined in a template',
  db
    .select()
    .from(ticket)
    .where(sql`${ticket.id} = ${undefined}`)
)
END
expect node seen.mjs <<'END'
inArray of []: delete from "ticket" where false
or of []: delete from "ticket"
and of []: delete from "ticket"
limit(20): select "id" from "ticket" limit $1
limit("20"): select "id" from "ticket"
limit(-1): select "id" from "ticket"
limit(NaN): select "id" from "ticket"
undefined in a template: select "id" from "ticket" where "ticket"."id" = 
END

#!/usr/bin/env bash
# scim2-parse-filter 0.2.10: a filter in brackets takes its type from one address and its value from another.
#
# emails[type eq "work" and value eq "c@example.org"] asks for one address that is both (RFC 7644, 3.4.2.2). A guess is
# that this is what brackets are for. It is read as the same words with `and` outside of brackets, so somebody whose
# home address is c@example.org is found by it as well. Two more that differ from the RFC: an empty list is "present",
# and instants are compared as text, so 02:00+03:00 (23:00 in UTC of the day before) is after 23:30Z.
#
# The product does not use it: its own lists take named filters, not an expression (services/ticket/README.md).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages scim2-parse-filter@0.2.10
cat >seen.mjs <<'END'
import scim from 'scim2-parse-filter'
const people = [
  {
    id: 'A',
    emails: [{ type: 'work', value: 'b@example.org' }, { type: 'home', value: 'c@example.org' }],
    meta: { lastModified: '2026-01-01T02:00:00+03:00' }
  },
  { id: 'B', emails: [], meta: { lastModified: '2026-01-01T00:00:00Z' } }
]
for (const text of [
  'emails[type eq "work" and value eq "b@example.org"]',
  'emails[type eq "work" and value eq "c@example.org"]',
  'emails pr',
  'meta.lastModified gt "2025-12-31T23:30:00Z"'
]) console.log(text, '→', people.filter(scim.filter(scim.parse(text))).map(({ id }) => id).join(' '))
END
expect node seen.mjs <<'END'
emails[type eq "work" and value eq "b@example.org"] → A
emails[type eq "work" and value eq "c@example.org"] → A
emails pr → A B
meta.lastModified gt "2025-12-31T23:30:00Z" → A B
END

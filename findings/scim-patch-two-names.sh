#!/usr/bin/env bash
# scim-patch 0.8.3: the same change of a name keeps or loses the family name by how it is written, and primaries add up.
#
# RFC 7644, 3.5.2.3: replacing a complex attribute replaces the parts that are given, with or without a path; names of
# attributes have no case; a new primary address ends the one before (3.5.2). A guess is that a library of patches does
# these three. With a path the family name stays, without one it is gone; DisplayName becomes a second attribute beside
# displayName, and whoever reads the first sees the old one; two addresses are primary; a member added again with its
# display name is a member twice.
#
# The product does not use it. A person has one address and one name each, and its PATCH knows no paths.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages scim-patch@0.8.3
cat >seen.mjs <<'END'
import { scimPatch } from 'scim-patch'
const show = (before, operation) =>
  console.log(`${JSON.stringify(operation)}\n  → ${JSON.stringify(scimPatch(structuredClone(before), [operation]))}`)
const name = { name: { givenName: 'A', familyName: 'B' } }
show(name, { op: 'replace', path: 'name', value: { givenName: 'C' } })
show(name, { op: 'replace', value: { name: { givenName: 'C' } } })
show({ displayName: 'A' }, { op: 'replace', path: 'DisplayName', value: 'C' })
show({ emails: [{ value: 'a@x.org', primary: true }] },
  { op: 'add', path: 'emails', value: [{ value: 'b@x.org', primary: true }] })
show({ members: [{ value: '1' }] }, { op: 'add', path: 'members', value: [{ value: '1', display: 'One' }] })
END
expect node seen.mjs <<'END'
{"op":"replace","path":"name","value":{"givenName":"C"}}
  → {"name":{"givenName":"C","familyName":"B"}}
{"op":"replace","value":{"name":{"givenName":"C"}}}
  → {"name":{"givenName":"C"}}
{"op":"replace","path":"DisplayName","value":"C"}
  → {"displayName":"A","DisplayName":"C"}
{"op":"add","path":"emails","value":[{"value":"b@x.org","primary":true}]}
  → {"emails":[{"value":"a@x.org","primary":true},{"value":"b@x.org","primary":true}]}
{"op":"add","path":"members","value":[{"value":"1","display":"One"}]}
  → {"members":[{"value":"1"},{"value":"1","display":"One"}]}
END

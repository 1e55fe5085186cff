// What holds of every operation. Each check answers what is wrong, as texts. That an answer is documented and has the
// form that the document says is found by the asker, of every answer.
import { nilUuid, roles, type Role } from '@dueline/contracts'
import { baseErrors } from '@dueline/http'
import type { Answer } from './asker.ts'
import { names, prepared, send, senderOf, unless, unlessRefused, type Prepared, type Subject } from './asking.ts'

/** Asks one operation; answers what is wrong with it. */
export type Check = (subject: Subject) => Promise<string[]>

const unknownId = '01900000-0000-7000-8000-00000000ffff'
const outsider = '01900000-0000-7000-8000-0000000000ee'
const staleTag = '"999999"'
/** What the largest upload may have; a body of JSON may have 1 MiB. */
const uploadBytesMax = 64 * 2 ** 20
const nonsense = 'nonsense'
const uuids = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g

/** What it answers when nothing is wrong, and each further answer that its document names. */
const answersRightly: Check = async (subject) => {
  const { operation, answers, endless } = subject
  const faults: string[] = []
  if (!endless) {
    const answer = await send(subject, await prepared(subject))
    faults.push(...unless(operation.successes.includes(String(answer.status)), 'its sample fails', answer))
  }
  for (const [wanted, { tenant, request }] of Object.entries(answers)) {
    const own = { ...subject, tenant }
    const answer = await send(own, await prepared(own, await request()))
    const came = [String(answer.status), answer.code].includes(wanted)
    faults.push(...unless(came, `the sample for ${wanted} is answered otherwise`, answer))
  }
  return faults
}

/** Without a token, without a role, and as every role: who may not is refused before anything else is looked at. */
const knowsItsCallers: Check = async (subject) => {
  const { operation, endless } = subject
  const sent = await prepared(subject)
  const { unauthenticated, forbidden } = baseErrors
  const faults = [
    ...unlessRefused(unauthenticated, 'no token', await send(subject, sent, { as: null, person: undefined })),
    ...unlessRefused(forbidden, 'a token without roles', await send(subject, sent, { as: [], person: undefined }))
  ]
  const isAllowed = (role: Role) => operation.roles.includes(role) && !subject.notFor.includes(role)
  // where the sample names a person, it may be for people only, and behind this token there is none
  const mayAsk = ({ status, code }: Answer) =>
    ![401, 403].includes(status) || sent.request.person !== undefined && code === baseErrors.person_unknown.code
  // the refused first: what an allowed one deletes is not there for them
  for (const role of [...roles].sort((a, b) => Number(isAllowed(a)) - Number(isAllowed(b)))) {
    const allowed = isAllowed(role)
    if (allowed && endless) continue
    const answer = await send(subject, sent, { as: role, person: undefined })
    if (!allowed) faults.push(...unlessRefused(forbidden, `role ${role}`, answer))
    else faults.push(...unless(mayAsk(answer), `role ${role} is refused`, answer))
  }
  return faults
}

/** A field and a query parameter that nobody reads are refused by name. */
const refusesTheUnknown: Check = async (subject) => {
  const { operation, tenant, asker } = subject
  const { request, headers } = await prepared(subject)
  const from = { tenant, ...senderOf(operation, request), headers }
  const queried = await asker.ask(operation, { ...request, query: { ...request.query, [nonsense]: 1 } }, from)
  const refused = (answer: Answer, place: string): boolean =>
    answer.code === baseErrors.validation_failed.code && names(answer, place, `/${nonsense}`)
  const faults = unless(refused(queried, 'query'), 'an unknown query parameter is not refused by name', queried)
  if (operation.bodyType === 'application/json') {
    const answer = await asker.ask(operation, { ...request, body: { ...request.body as object, [nonsense]: 1 } }, from)
    faults.push(...unless(refused(answer, 'body'), 'an unknown field is not refused by name', answer))
  }
  return faults
}

/** What nobody has and what another tenant has are the same: not there. */
const separatesTenants: Check = async (subject) => {
  const { otherTenant, endless } = subject
  const sent = await prepared(subject)
  const names = Object.keys(sent.request.path ?? {})
  if (names.length === 0) return endless ? [] : await leaks(subject, sent)
  const absent = Object.fromEntries(names.map((name) => [name, name === 'version' ? '999999' : unknownId]))
  const unknown = await send(subject, { ...sent, request: { ...sent.request, path: absent } })
  const foreign = await send(subject, sent, { tenant: otherTenant })
  const own = await send(subject, sent)
  return [
    ...unlessRefused(baseErrors.not_found, 'what nobody has', unknown),
    ...unlessRefused(baseErrors.not_found, "another tenant's", foreign),
    ...unless(own.status !== 404, 'its own is gone after another tenant asked for it', own)
  ]
}

/** What another tenant gets by the same request holds none of the ids that this one got. */
async function leaks (subject: Subject, sent: Prepared): Promise<string[]> {
  const own = await send(subject, sent)
  const foreign = await send(subject, sent, { tenant: subject.otherTenant, person: outsider })
  const said = new Set(JSON.stringify(sent.request).match(uuids))
  // the nil UUID is no id: it stands where a calculation is about nothing that is stored
  const received = new Set(own.text.match(uuids)?.filter((id) => !said.has(id) && id !== nilUuid))
  const leaked = foreign.status < 400 ? foreign.text.match(uuids)?.filter((id) => received.has(id)) ?? [] : []
  return [
    ...unless(leaked.length === 0, `another tenant gets ${leaked.join()}`, foreign),
    ...unless(foreign.status !== 403, 'another tenant is refused by its role', foreign)
  ]
}

/** The same key and request is one effect and one answer; the key with another request is refused. */
const repeatsOnce: Check = async (subject) => {
  const { operation } = subject
  if (!operation.takes.key) return []
  const first = await prepared(subject)
  const other = await prepared(subject)
  const key = { 'idempotency-key': `conformance-${operation.id}` }
  const done = await send(subject, first, { headers: key })
  const again = await send(subject, first, { headers: key })
  const same = again.status === done.status && again.text === done.text
  const differs = JSON.stringify(first.request) !== JSON.stringify(other.request)
  // what can be asked in one way only is another request by how its address is written
  const reused = await send(subject, other, { headers: key, respelled: !differs })
  const bad = await send(subject, other, { headers: { 'idempotency-key': 'two words' } })
  return [
    ...unless(done.status < 300, 'its sample with a key fails', done),
    ...unless(same && again.headers['idempotency-replayed'] === 'true', 'the same again is not replayed', again),
    ...unlessRefused(baseErrors.idempotency_key_reused, 'the key with another request', reused),
    ...unless(names(bad, 'header', '/idempotency-key'), 'a key of no right form is not named', bad),
    ...await repeatsOtherSuccesses(subject, key)
  ]
}

/** What succeeds in another way than the sample is replayed too. */
async function repeatsOtherSuccesses (subject: Subject, key: Record<string, string>): Promise<string[]> {
  const faults: string[] = []
  for (const [wanted, { tenant, request }] of Object.entries(subject.answers)) {
    if (!subject.operation.successes.includes(wanted)) continue
    const own = { ...subject, tenant }
    const sent = await prepared(own, await request())
    await send(own, sent, { headers: key })
    const again = await send(own, sent, { headers: key })
    const replayed = again.headers['idempotency-replayed'] === 'true'
    faults.push(...unless(replayed, `what answers ${wanted} is not replayed`, again))
  }
  return faults
}

/** A change needs the tag of what was read; what is unchanged is not sent again. */
const knowsVersions: Check = async (subject) => {
  const { operation } = subject
  const faults: string[] = []
  const sent = await prepared(subject)
  if (operation.takes.ifMatch) {
    const { request } = sent
    const stale = await send(subject, { request, headers: { 'if-match': staleTag } })
    faults.push(...unlessRefused(baseErrors.precondition_failed, 'a stale If-Match', stale))
    const blind = await send(subject, { request, headers: {} })
    if (operation.takes.anyVersion) faults.push(...unless(blind.status < 300, 'it fails without If-Match', blind))
    else {
      faults.push(...unlessRefused(baseErrors.precondition_required, 'no If-Match', blind))
      faults.push(...unless(names(blind, 'header', '/if-match'), 'the missing If-Match is not named', blind))
    }
  }
  if (operation.method === 'GET' && !subject.endless) {
    const { headers } = await send(subject, sent)
    const tag = headers['etag']
    if ((tag !== undefined) !== operation.takes.ifNoneMatch) faults.push(`ETag ${tag}, but If-None-Match is otherwise`)
    if (typeof tag === 'string') {
      const unchanged = await send(subject, sent, { headers: { 'if-none-match': tag } })
      const changed = await send(subject, sent, { headers: { 'if-none-match': staleTag } })
      faults.push(...unless(unchanged.status === 304 && unchanged.text === '', 'what is unchanged is sent', unchanged))
      faults.push(...unless(changed.status === 200, 'what has changed is not sent', changed))
    }
  }
  return faults
}

/** A body that is too large, and one of another type. */
const refusesBodies: Check = async (subject) => {
  const { bodyType } = subject.operation
  if (bodyType === undefined) return []
  const sent = await prepared(subject)
  const { request } = sent
  const tooLong = bodyType === 'application/json' ? 2 ** 20 : uploadBytesMax
  const large = { ...sent, request: { ...request, body: ' '.repeat(tooLong) + payloadText(request.body) } }
  const image = { headers: { 'content-type': 'image/png' } }
  const encoded = { headers: { 'content-encoding': 'gzip' } }
  const unsupported = baseErrors.unsupported_media_type
  return [
    ...unlessRefused(baseErrors.payload_too_large, 'too large a body', await send(subject, large)),
    ...unlessRefused(unsupported, 'a body of another type', await send(subject, sent, image)),
    ...unlessRefused(unsupported, 'an encoded body', await send(subject, sent, encoded))
  ]
}

function payloadText (body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}

/** Without its database it says when to come back; what nobody foresaw says nothing more. */
const failsInOrder: Check = async (subject) => {
  const { withoutDatabase, operation } = subject
  const sent = await prepared(subject)
  const away = await subject.withDatabase('away', async () => await send(subject, sent))
  const broken = await subject.withDatabase('broken', async () => await send(subject, sent))
  if (withoutDatabase) {
    const right = [away, broken].every(({ status }) => operation.successes.includes(String(status)))
    return unless(right, 'it does need its database', away)
  }
  return [
    ...unlessRefused(baseErrors.unavailable, 'no database', away),
    ...unless(/^\d+$/.test(String(away.headers['retry-after'])), 'it does not say when to come back', away),
    ...unlessRefused(baseErrors.internal_error, 'a fault of the database', broken)
  ]
}

/** The checks by what they hold, in the order in which they are made. */
export const checks = {
  'answers rightly': answersRightly,
  'knows its callers': knowsItsCallers,
  'refuses the unknown': refusesTheUnknown,
  'separates tenants': separatesTenants,
  'repeats once': repeatsOnce,
  'knows versions': knowsVersions,
  'refuses bodies': refusesBodies,
  'fails in order': failsInOrder
} as const satisfies Readonly<Record<string, Check>>
export type CheckName = keyof typeof checks

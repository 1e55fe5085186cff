import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { validRange } from 'semver'
import t, { type Test } from 'tap'
import { affects, fromOsv, severities, type Advisory, type OsvEntry } from '../../tools/supply/advisories.ts'
import { askOsv, askRegistry, readOsvFolder, type Versions } from '../../tools/supply/advisory-sources.ts'
import { judge, renewed, versionsOf, type Decision, type Report } from '../../tools/supply/audit.ts'
import type { Lock } from '../../tools/supply/lock.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

const today = '2026-11-28'
const versions: Versions = new Map([['left', ['1.4.0', '2.0.0']], ['right', ['3.0.0']]])

function lockOf (sha256 = 'aa'): Lock {
  const one = (
    name: string,
    version: string,
    production: boolean
  ): [string, Lock['packages'] extends Map<string, infer Value> ? Value : never] => [`${name}@${version}`, {
    name,
    version,
    production,
    integrity: 'sha512-',
    needs: []
  }]
  return {
    sha256,
    programs: new Map(),
    packages: new Map([one('left', '1.4.0', true), one('left', '2.0.0', false), one('right', '3.0.0', false)])
  }
}

const advisory: Advisory = {
  id: 'GHSA-aaaa-bbbb-cccc',
  package: 'left',
  affected: '<1.5.0',
  severity: 'moderate',
  title: 'it falls over'
}
const decision: Decision = { advisory: advisory.id, package: 'left', reason: 'we do not call it', until: today }
const reportWith = (...advisories: Advisory[]): Report => ({
  ...renewed(undefined, lockOf(), [], '2026-11-01'),
  advisories
})

t.test('an affected version without a decision is a fault; what is low is only said', async (t) => {
  t.match(judge(reportWith(advisory), lockOf(), [], today), {
    open: [/^left@1\.4\.0 \(runs\): moderate, GHSA-aaaa-bbbb-cccc, it falls over$/],
    faults: [/^left@1\.4\.0 has GHSA-aaaa-bbbb-cccc \(moderate\): upgrade it, or write a decision/]
  })
  for (const severity of ['high', 'critical', 'unknown'] as const) {
    t.equal(judge(reportWith({ ...advisory, severity }), lockOf(), [], today).faults.length, 1, severity)
  }
  t.match(judge(reportWith({ ...advisory, severity: 'low' }), lockOf(), [], today), {
    open: [/left@1\.4\.0/],
    faults: []
  })
  t.same(judge(reportWith({ ...advisory, affected: '<1.4.0' }), lockOf(), [], today), { open: [], faults: [] })
})

t.test('a decision holds to its last day, has a reason, and is about something open', async (t) => {
  const faults = (decisions: Decision[], report = reportWith(advisory)): string[] =>
    judge(report, lockOf(), decisions, today).faults
  t.same(faults([decision]), [])
  t.match(faults([{ ...decision, until: '2026-11-27' }]), [/its decision ended on 2026-11-27$/])
  t.match(faults([{ ...decision, until: 'spring' }]), [/its decision ends on no day/])
  t.match(faults([{ ...decision, reason: ' ' }]), [/its decision has no reason$/])
  t.match(faults([{ ...decision, package: 'right' }]), [
    /left@1\.4\.0 has/,
    /decides on GHSA-aaaa-bbbb-cccc of right, which is not open: remove it/
  ])
  t.match(faults([decision], reportWith()), [/which is not open: remove it/])
})

t.test('a lock file that the report does not know is a fault', async (t) => {
  t.match(judge(reportWith(), lockOf('bb'), [], today).faults, [
    /^pnpm-lock\.yaml has changed since the report of 2026-11-01: run npm run audit -- --renew/
  ])
})

t.test('a new report keeps what was known, takes what was answered, and forgets packages that are gone', async (t) => {
  const asked = [{ source: 'x', answer: 'answered', advisories: [{ ...advisory, title: 'newer' }] }, {
    source: 'y',
    answer: 'did not answer: z'
  }]
  const before = reportWith(advisory, { ...advisory, package: 'gone' }, { ...advisory, package: 'right' })
  t.same(renewed(before, lockOf('bb'), asked, today), {
    date: today,
    lock: 'bb',
    asked: [{ source: 'x', answer: 'answered' }, { source: 'y', answer: 'did not answer: z' }],
    packages: { production: { left: '1.4.0' }, development: { left: '2.0.0', right: '3.0.0' } },
    advisories: [{ ...advisory, title: 'newer' }, { ...advisory, package: 'right' }]
  })
  t.same([...versionsOf(lockOf())], [...versions])
})

const entry: OsvEntry = {
  id: 'GHSA-1111-2222-3333',
  summary: 'a\n long   text',
  database_specific: { severity: 'HIGH' },
  affected: [
    {
      package: { ecosystem: 'npm', name: 'left' },
      ranges: [{
        type: 'SEMVER',
        events: [{ introduced: '0' }, { fixed: '1.2.0' }, { introduced: '2.0.0' }, { last_affected: '2.3.0' }]
      }]
    },
    { package: { ecosystem: 'PyPI', name: 'left' } },
    { package: { ecosystem: 'npm', name: 'other' } }
  ]
}
const found = {
  id: entry.id,
  package: 'left',
  affected: '>=0.0.0-0 <1.2.0 || >=2.0.0 <=2.3.0',
  severity: 'high',
  title: 'a long text'
}

t.test('entries of the OSV format become ranges', async (t) => {
  const names = new Set(['left'])
  t.same(fromOsv(entry, names), [found])
  t.same(fromOsv({ ...entry, withdrawn: '2026-01-01T00:00:00Z' }, names), [])
  const [one] = fromOsv(entry, names)
  if (one === undefined) throw new Error('no advisory')
  for (const version of ['0.0.1', '1.2.0-beta.1', '2.0.0', '2.3.0']) t.ok(affects(one, version), version)
  for (const version of ['1.2.0', '1.9.9', '2.3.1']) t.notOk(affects(one, version), version)
  const open = {
    ...entry,
    affected: [{
      package: { ecosystem: 'npm', name: 'left' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }] }],
      versions: ['0.3.0']
    }]
  }
  t.match(fromOsv(open, names), [{ affected: '0.3.0 || >=1.0.0' }])
  t.match(fromOsv({ id: 'MAL-1', affected: [{ package: { ecosystem: 'npm', name: 'left' } }] }, names), [{
    affected: '*',
    severity: 'unknown'
  }])
  t.ok(affects({ ...one, affected: 'whatever' }, '1.0.0'), 'a range that cannot be understood affects all')
})

type Answer = (path: string, body: unknown) => { status?: number, body: unknown }

async function server (t: Test, answer: Answer): Promise<string> {
  const listening = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
    })
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const { status = 200, body } = answer(request.url ?? '', text === '' ? undefined : JSON.parse(text))
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await once(listening.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    listening.close()
  })
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/npm/`
}

t.test('the registry is asked as npm asks it', async (t) => {
  const asked: unknown[] = []
  const url = await server(t, (path, body) => {
    asked.push([path, body])
    return {
      body: {
        left: [{
          id: 7,
          url: 'https://github.com/advisories/GHSA-1111-2222-3333',
          title: 'x',
          severity: 'high',
          vulnerable_versions: '<1.5.0'
        }]
      }
    }
  })
  const expected = { id: 'GHSA-1111-2222-3333', package: 'left', affected: '<1.5.0', severity: 'high', title: 'x' }
  t.match(await askRegistry(versions, url), { answer: 'answered with 1 advisories', advisories: [expected] })
  t.same(asked, [['/npm/-/npm/v1/security/advisories/bulk', { left: ['1.4.0', '2.0.0'], right: ['3.0.0'] }]])
})

t.test('a registry that refuses has not answered, and its address is not said', async (t) => {
  const url = await server(t, () => ({ status: 405, body: {} }))
  t.same(await askRegistry(versions, url), {
    source: 'npm registry, advisories/bulk',
    answer: 'did not answer: status 405'
  })
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  await once(closed, 'close')
  const unasked = await askRegistry(versions, `http://127.0.0.1:${port}/`)
  t.same(unasked, { source: 'npm registry, advisories/bulk', answer: 'did not answer: ECONNREFUSED' })
})

t.test('OSV is asked for each version once, and each entry is fetched once', async (t) => {
  const paths: string[] = []
  const url = await server(t, (path, body) => {
    paths.push(path)
    const all = (body as { queries?: unknown[] } | undefined)?.queries
    return { body: all === undefined ? entry : { results: all.map(() => ({ vulns: [{ id: entry.id }] })) } }
  })
  t.match(await askOsv(versions, url), { answer: 'answered with 1 advisories', advisories: [found] })
  t.same(paths, ['/npm/v1/querybatch', `/npm/v1/vulns/${entry.id}`])
})

t.test('a folder of entries is read, and one without entries is a mistake', async (t) => {
  const folder = await temporaryFolder(t)
  t.throws(() => readOsvFolder(versions, folder), /has no entries/)
  await mkdir(join(folder, '2026'))
  await writeFile(join(folder, '2026', `${entry.id}.json`), JSON.stringify(entry))
  t.match(readOsvFolder(versions, folder), { answer: 'answered with 1 advisories', advisories: [found] })
})

t.test('what people have written down has ids, ranges and severities', async (t) => {
  const { advisories } = JSON.parse(readFileSync('docs/audit/known.json', 'utf8')) as { advisories: Advisory[] }
  for (const { id, affected, severity, title } of advisories) {
    t.match(id, /^(GHSA(-\w{4}){3}|CVE-\d{4}-\d+)$/)
    t.ok(validRange(affected), `${id}: ${affected}`)
    t.ok(['unknown', ...severities].includes(severity), `${id}: ${severity}`)
    t.ok(title)
  }
})

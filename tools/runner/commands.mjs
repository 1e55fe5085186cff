/**
 * Node takes the sources as they are: it strips the types, and packages of this repository resolve to their sources.
 */
const fromSource = [
  '--conditions=dueline-source',
  `--import=${new URL('packages-of-modules.mjs', import.meta.url).href}`
]

/**
 * Young objects get up to 64 MiB, as few of them live long: with 16 MiB a ticket takes 15 % more of a processor. What
 * the start leaves behind is freed before the program says that it is ready, which takes the collector by hand.
 */
const memory = ['--max-semi-space-size=64', '--expose-gc']

const program = (file, flags = memory) => ['node', ...flags, ...fromSource, file]

/**
 * What each command is for and the programs that it runs, one after the other; arguments go to the only one, and where
 * there are several there are none. `group`: a
 * signal is passed on to all processes of the program, because it does not stop its own. `helpNeedsNothing`: `--help`
 * works without packages. `help`: what `--help` says, for programs that have none of their own.
 */
export const commands = {
  start: {
    about: 'run Dueline on embedded parts',
    helpNeedsNothing: true,
    steps: [program('infra/embedded/src/main.ts')]
  },
  demo: { about: 'run the demonstration only', steps: [program('infra/embedded/src/demo-main.ts')] },
  token: { about: 'print a token of the embedded issuer', steps: [program('infra/embedded/src/token-main.ts', [])] },
  import: { about: 'judge an export of another system', steps: [program('infra/embedded/src/import-main.ts')] },
  test: {
    about: 'run the tests, or those whose path contains one of the arguments',
    group: true,
    steps: [program('tools/test.ts', [])]
  },
  bench: { about: 'run a benchmark', group: true, steps: [program('bench/run.ts')] },
  drill: {
    about: 'load, a fault, and a proof that nothing was lost',
    group: true,
    steps: [program('test/drills/run.ts', [])]
  },
  build: { about: 'compile what images run', group: true, steps: [['tsc', '-b']] },
  types: { about: 'check types', group: true, steps: [['tsc', '-b'], ['tsc', '-p', 'tsconfig.tests.json']] },
  generate: {
    about: 'write the files that follow from the code',
    group: true,
    steps: [program('tools/generate.ts', [])]
  },
  'check-fresh': {
    about: 'start and test fresh clones, as a newcomer would',
    steps: [program('tools/check-fresh.ts', [])]
  },
  'check-document': {
    about: 'check the OpenAPI and AsyncAPI documents',
    group: true,
    steps: [['redocly', 'lint', 'openapi/gateway.json'], program('tools/check-asyncapi.ts', [])]
  },
  mutate: {
    about: 'change a domain in many small ways and see whether its tests notice',
    group: true,
    steps: [program('tools/mutate.ts', [])]
  },
  compatibility: {
    about: 'compare API, events and migrations with those of the last release',
    steps: [program('tools/compatibility.ts', [])]
  },
  format: { about: 'write the sources in the form that lint asks for', steps: [['dprint', 'fmt']] },
  images: {
    about: 'check that images are named by digest',
    help: '[--pin]\n  --pin  asks the registries, by Docker, for the digests that the tags have now, and writes them',
    group: true,
    steps: [program('tools/images.ts', [])]
  },
  audit: {
    about: 'judge known vulnerabilities of the locked packages',
    help: '[--renew] [--osv FOLDER]\n  --renew       writes the report anew\n' +
      '  --osv FOLDER  reads entries of the OSV format too',
    group: true,
    steps: [program('tools/audit.ts', [])]
  },
  secrets: {
    about: 'look for secrets in all files and their history',
    group: true,
    steps: [program('tools/secrets.ts', [])]
  },
  sbom: {
    about: 'write and check the bill of materials and its licences',
    help: '[FILE]\n  FILE  where it is written; .dueline/sbom.cdx.json unless given',
    group: true,
    steps: [program('tools/sbom.ts', [])]
  },
  lint: {
    about: 'check form, style, dependencies between modules, and what nobody uses',
    group: true,
    steps: [
      ['dprint', 'check'],
      ['eslint', '--cache', '--cache-location', '.dueline/eslint', '.'],
      ['depcruise', '--config', '.dependency-cruiser.cjs', 'packages', 'services', 'infra', 'tools', 'test', 'bench'],
      ['knip']
    ]
  }
}

/** What `--help` says of a command whose programs do not say it. */
export function helpOf (name) {
  const { about, help } = commands[name]
  return `${npmCall(name)}${help === undefined ? '' : ` -- ${help}`}\nIt is there to ${about}.\n`
}

export function overview () {
  const lines = Object.entries(commands).map(([name, { about }]) => `  ${npmCall(name).padEnd(18)} ${about}\n`)
  return `${lines.join('')}Options of a command stand behind two dashes: npm start -- --help\n`
}

function npmCall (name) {
  return ['start', 'test'].includes(name) ? `npm ${name}` : `npm run ${name}`
}

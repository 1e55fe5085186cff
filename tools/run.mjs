// Every `npm run …` command starts here, on a fresh clone with only Node and git: it installs what the lock file
// names (only when it changed), builds what changed, then runs the command. No dependency may be imported here.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const sourceFlags = ['--import', 'tsx', '--conditions=dueline-source']

// Young objects get 64 MiB instead of 16: under load the garbage collector then takes 6 % of the process and not 11 %.
const stackFlags = ['--max-semi-space-size=64']

/** What each command needs before it and what it runs. `build: false` = runs from source or needs no code. */
const commands = {
  start: { build: true, steps: [['node', ...stackFlags, 'infra/embedded/dist/main.js']] },
  demo: { build: true, steps: [['node', ...stackFlags, 'infra/embedded/dist/demo-main.js']] },
  token: { build: true, steps: [['node', 'infra/embedded/dist/token-main.js']] },
  drill: { build: true, steps: [['node', ...sourceFlags, 'test/drills/run.ts']] },
  import: { build: true, steps: [['node', ...stackFlags, 'infra/embedded/dist/import-main.js']] },
  bench: { build: true, steps: [['node', ...stackFlags, ...sourceFlags, 'bench/run.ts']] },
  test: { build: true, steps: [['node', ...sourceFlags, 'tools/test.ts']] },
  build: { build: true, steps: [] },
  types: { build: true, steps: [['tsc', '-p', 'tsconfig.tests.json']] },
  generate: { build: false, steps: [['node', ...sourceFlags, 'tools/generate.ts']] },
  lint: {
    build: false,
    steps: [
      ['eslint', '--cache', '--cache-location', '.dueline/eslint', '.'],
      ['depcruise', '--config', '.dependency-cruiser.cjs', 'packages', 'services', 'infra', 'tools', 'test', 'bench'],
      ['knip']
    ]
  }
}

const [name = '', ...args] = process.argv.slice(2)
const command = commands[name]
if (command === undefined) stop(`Unknown command "${name}". Known: ${Object.keys(commands).join(', ')}.`)
requireNode(24, 0)
install()
if (command.build) build()
for (const step of command.steps) run([...step, ...(command.steps.length === 1 ? args : [])])

function requireNode (major, minor) {
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number)
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return
  stop(`Dueline needs Node ${major}.${minor} or newer; this is ${process.versions.node}. Install a newer Node and run the command again.`)
}

function install () {
  const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...workspaceFolders().map((folder) => join(folder, 'package.json'))]
  const stamp = join(root, 'node_modules', '.dueline-installed')
  const wanted = hash(manifests.map((file) => readFileSync(join(root, file), 'utf8')))
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  say(`installing packages with ${packageManager} (only when the lock file changed)`)
  const code = spawn('npx', ['--yes', packageManager, 'install', '--frozen-lockfile'])
  if (code !== 0) stop('Installing packages failed. Check that the npm registry can be reached, then run the command again.', code)
  writeFileSync(stamp, wanted)
}

function build () {
  const stamp = join(root, '.dueline', 'build')
  const wanted = hash(sourceFiles().map((file) => { const { mtimeMs, size } = statSync(file); return `${file} ${mtimeMs} ${size}` }))
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  say('building')
  const code = spawn(join(root, 'node_modules/.bin/tsc'), ['-b'])
  if (code !== 0) stop('The build failed; the messages above name file and line.', code)
  mkdirSync(join(root, '.dueline'), { recursive: true })
  writeFileSync(stamp, wanted)
}

function workspaceFolders () {
  return ['packages', 'services', 'infra'].flatMap((parent) => readdirSync(join(root, parent))
    .map((child) => join(parent, child)).filter((folder) => existsSync(join(root, folder, 'package.json'))))
}

function sourceFiles () {
  const perFolder = workspaceFolders().flatMap((folder) => [
    join(root, folder, 'tsconfig.json'),
    ...readdirSync(join(root, folder, 'src'), { recursive: true }).filter((file) => file.endsWith('.ts')).map((file) => join(root, folder, 'src', file)),
    ...workspaceFolderOutputs(folder)
  ])
  return [join(root, 'tsconfig.base.json'), join(root, 'tsconfig.json'), ...perFolder]
}

/** A missing output changes the stamp too, so that a deleted dist is built again. */
function workspaceFolderOutputs (folder) {
  const dist = join(root, folder, 'dist')
  return existsSync(dist) ? [dist] : []
}

function run ([program, ...programArgs]) {
  const local = join(root, 'node_modules/.bin', program)
  const code = program === 'node' ? spawn(process.execPath, programArgs) : spawn(local, programArgs)
  if (code !== 0) process.exit(code)
}

function spawn (program, programArgs) {
  const { status, signal, error } = spawnSync(program, programArgs, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (error !== undefined) stop(`Could not run ${program}: ${error.message}`)
  return status ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 130 : 1)
}

function hash (parts) {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part).update('\0')
  return digest.digest('hex')
}

function say (text) {
  process.stderr.write(`dueline: ${text}\n`)
}

function stop (text, code = 1) {
  say(text)
  process.exit(code)
}

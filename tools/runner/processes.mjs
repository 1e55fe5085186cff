import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const windows = process.platform === 'win32'
const stopSignals = ['SIGHUP', 'SIGINT', 'SIGTERM']
/** npm and a terminal may both send the signal of one Ctrl-C: what comes this soon is not a second one. */
const oneSignalMs = 500
/** How often it is looked whether npm is still there: it ends its shell only, which passes nothing on. */
const parentLookMs = 250
/** npm waits for the registry, however long that takes, before it heeds a signal. */
const installerMsMax = 1_000

/** How often it is looked whether a group has ended. */
const groupLookMs = 10

/** The first signal that was received. */
let received
let receivedMs = 0
/** What runs now. It has a session of its own, so that a terminal's Ctrl-C comes once and by this process only. */
let running
let runsInGroup = false
let isInstaller = false

export function say (text) {
  process.stderr.write(`dueline: ${text}\n`)
}

/** From here on SIGINT, SIGTERM, SIGHUP and the end of npm end what runs, and then this process. */
export function listenForSignals () {
  for (const signal of stopSignals) process.on(signal, onSignal)
  if (process.env.npm_lifecycle_event === undefined || windows) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent && received === undefined) onSignal('SIGTERM')
  }, parentLookMs).unref()
}

function onSignal (signal) {
  const nowMs = performance.now()
  if (received !== undefined && nowMs - receivedMs < oneSignalMs) return
  received ??= signal
  receivedMs = nowMs
  if (running === undefined) return finish({ code: null, signal })
  passOn(signal)
  const { pid } = running
  if (isInstaller) {
    setTimeout(() => {
      if (running?.pid === pid) passOn('SIGKILL')
    }, installerMsMax).unref()
  }
}

function passOn (signal) {
  try {
    if (runsInGroup && !windows) process.kill(-running.pid, signal)
    else running.kill(signal)
  } catch {
    // It has ended by itself.
  }
}

/**
 * Runs a program to its end in the repository's root, `node` first on its path. `group`: signals go to all of its
 * processes. `onLine` gets what it writes, line by line; without it that goes where this process writes. `installer`:
 * it may be killed when it does not end by a signal, as what it leaves is removed or done again.
 * @returns its exit code, or the signal that ended it
 */
export async function run (file, args, { root, node, env = {}, cwd = root, group = false, installer = false, onLine }) {
  if (received !== undefined) return { code: null, signal: received }
  const path = [dirname(node), process.env.PATH ?? ''].join(delimiter)
  const child = spawn(windows && file.includes(' ') ? `"${file}"` : file, args, {
    cwd,
    env: { ...defaults(root), ...process.env, PATH: path, ...env },
    stdio: onLine === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    detached: !windows,
    shell: windows
  })
  running = child
  runsInGroup = group
  isInstaller = installer
  if (onLine !== undefined) { for (const stream of [child.stdout, child.stderr]) lines(stream, onLine) }
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => {
        resolve({ code, signal })
      })
    })
  } finally {
    if (group && received !== undefined) await groupEnd(child.pid)
    running = undefined
  }
}

/** What a program started itself may outlive it by moments; what an installer started is killed after a second. */
async function groupEnd (pid) {
  for (let waitedMs = 0; waitedMs < 2 * installerMsMax; waitedMs += groupLookMs) {
    try {
      process.kill(-pid, isInstaller && waitedMs >= installerMsMax ? 'SIGKILL' : 0)
    } catch {
      return
    }
    await pause(groupLookMs)
  }
}

/**
 * What every program gets unless the caller's environment says otherwise: where Node and the formatter keep what else
 * would lie outside of the repository, and a C library (glibc; others read none of it) that gives back what loading has
 * taken: one arena for all threads, and thresholds that stay where they begin.
 */
function defaults (root) {
  const folder = join(root, '.dueline')
  return {
    NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
    DPRINT_CACHE_DIR: join(folder, 'dprint'),
    MALLOC_ARENA_MAX: '1',
    MALLOC_TRIM_THRESHOLD_: '131072',
    MALLOC_MMAP_THRESHOLD_: '131072'
  }
}

function lines (stream, onLine) {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) onLine(line.trimEnd())
  })
  stream.on('end', () => {
    if (rest !== '') onLine(rest)
  })
}

/** Whether a signal has asked for the end. */
export function isStopping () {
  return received !== undefined
}

/** Ends this process as the program ended: 130 after Ctrl-C, 143 after SIGTERM, unless stopping failed. */
export function finish ({ code, signal }) {
  const stopped = received !== undefined && (signal !== null || code === 0 || code === exitCodeOf(received))
  // A program that has a way to stop says so itself.
  if (stopped && signal !== null) process.stdout.write('stopped\n')
  process.exit(stopped ? exitCodeOf(received) : code ?? exitCodeOf(signal))
}

function exitCodeOf (signal) {
  return 128 + constants.signals[signal]
}

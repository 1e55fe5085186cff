import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { fromDocker } from './docker.ts'

/** A server that speaks S3, for tests or benchmarks; `stop` stops only what was started here. */
export interface TestS3 {
  endpoint: string
  credentials: { accessKeyId: string, secretAccessKey: string }
  kind: 'given' | 'docker' | 'native'
  stop(): Promise<void>
}

const version = 'v1.8.0'
const image = `versity/versitygw:${version}`
const port = 7070
const run = promisify(execFile)
/** How to have S3 where there is none. */
const howTo = 'set S3_ENDPOINT with S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or start Docker, or install Go'

/**
 * Finds or starts a server: `S3_ENDPOINT` with its credentials, else Docker (`versity/versitygw`) when a daemon answers
 * at once, else the same gateway made by Go and kept under `.dueline/`.
 * @returns what is missing when there is none
 */
export async function startTestS3 (): Promise<TestS3 | { missing: string }> {
  const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY_ID: id = '', S3_SECRET_ACCESS_KEY: secret = '' } = process.env
  if (endpoint !== undefined && endpoint !== '') {
    const credentials = { accessKeyId: id, secretAccessKey: secret }
    return { endpoint, credentials, kind: 'given', stop: async () => {} }
  }
  const credentials = { accessKeyId: 'testing', secretAccessKey: randomBytes(16).toString('hex') }
  const container = await fromDocker(image, async () => await startContainer(credentials))
  if (container !== undefined) return container
  const program = await gateway().catch((error: Error) => error)
  if (program instanceof Error) return { missing: `no S3 (${program.message}): ${howTo}` }
  return await startNative(program, credentials)
}

/**
 * A server to test with, or undefined when there is none: the test is then skipped, and the reason printed; with
 * `DUELINE_TEST_REQUIRE=s3` it fails.
 */
export async function testS3 (t: Test): Promise<TestS3 | undefined> {
  const found = await startTestS3()
  if (!('missing' in found)) {
    t.teardown(found.stop)
    return found
  }
  if (process.env.DUELINE_TEST_REQUIRE?.split(',').includes('s3') === true) {
    t.fail(`DUELINE_TEST_REQUIRE names s3: ${found.missing}`)
  } else t.pass('needs S3', { skip: found.missing })
  return undefined
}

async function startContainer (credentials: TestS3['credentials']): Promise<TestS3> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = await new GenericContainer(image)
    .withCommand(['posix', '/tmp'])
    .withEnvironment({
      ROOT_ACCESS_KEY: credentials.accessKeyId,
      ROOT_SECRET_KEY: credentials.secretAccessKey,
      VGW_HEALTH: '/health'
    })
    .withExposedPorts(port)
    .withWaitStrategy(Wait.forHttp('/health', port))
    .start()
  return {
    endpoint: `http://${container.getHost()}:${container.getMappedPort(port)}`,
    credentials,
    kind: 'docker',
    stop: async () => {
      await container.stop()
    }
  }
}

/** The program, made once by Go (a minute) and kept for this checkout. @throws Error when it cannot be made */
async function gateway (): Promise<string> {
  const folder = fileURLToPath(new URL('../../../.dueline/', import.meta.url))
  const program = join(folder, `versitygw-${version}`)
  if (existsSync(program)) return program
  await mkdir(folder, { recursive: true })
  const making = await mkdtemp(join(folder, 'making-'))
  try {
    const from = `github.com/versity/versitygw/cmd/versitygw@${version}`
    // where Go's own installer puts it, which not every shell looks through
    const path = [process.env.PATH ?? '', '/usr/local/go/bin'].join(delimiter)
    await run('go', ['install', '-ldflags', '-s -w', from], { env: { ...process.env, PATH: path, GOBIN: making } })
      .catch((error: { code?: string, stderr?: string }) => {
        if (error.code === 'ENOENT') throw new Error('Go is missing')
        throw new Error(`Go could not make versitygw: ${error.stderr?.trim().split('\n').at(-1) ?? 'no reason given'}`)
      })
    await rename(join(making, 'versitygw'), program)
    return program
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

async function startNative (program: string, credentials: TestS3['credentials']): Promise<TestS3> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-s3-'))
  const [objects, iam, sidecar] = ['objects', 'iam', 'sidecar'].map((name) => join(folder, name)) as [
    string,
    string,
    string
  ]
  for (const each of [objects, iam, sidecar]) await mkdir(each)
  const address = `127.0.0.1:${await freePort()}`
  const server = spawn(program, [
    ...['--port', address, '--health', '/health', '--quiet', '--iam-dir', iam],
    // temporary folders are often on file systems without extended attributes
    ...['posix', '--sidecar', sidecar, objects]
  ], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      ROOT_ACCESS_KEY: credentials.accessKeyId,
      ROOT_SECRET_KEY: credentials.secretAccessKey
    }
  })
  // a test that dies takes its server along
  const end = (): void => {
    server.kill('SIGKILL')
  }
  process.once('exit', end)
  const endpoint = `http://${address}`
  if (!await answers(`${endpoint}/health`, () => server.exitCode !== null)) {
    end()
    throw new Error('versitygw did not start')
  }
  return {
    endpoint,
    credentials,
    kind: 'native',
    stop: async () => {
      process.removeListener('exit', end)
      if (server.exitCode === null && server.signalCode === null) {
        server.kill('SIGKILL')
        await once(server, 'exit')
      }
      await rm(folder, { recursive: true, force: true })
    }
  }
}

async function answers (url: string, isGone: () => boolean): Promise<boolean> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline && !isGone();) {
    const answer = await fetch(url).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.ok === true) return true
    await wait(50)
  }
  return false
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

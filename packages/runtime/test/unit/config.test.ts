import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Type } from 'typebox'
import { ConfigError, describeConfig, loadConfig, loadConfigOrExit, redactConfig } from '../../src/index.ts'

const schema = Type.Object({
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65535, description: 'Port | of HTTP' }),
  POSTGRES_URL: Type.String({ secret: true, description: 'Database' }),
  LEVEL: Type.Unsafe<'info' | 'debug'>({ type: 'string', enum: ['info', 'debug'], default: 'info' }),
  ORIGINS: Type.Array(Type.String(), { separator: ',', default: [] }),
  UPSTREAM_URL: Type.Optional(Type.String()),
  STRICT: Type.Boolean({ default: false })
})

t.test('defaults, coercion and lists', async (t) => {
  const config = loadConfig(schema, { POSTGRES_URL: 'postgres://x', PORT: '0', ORIGINS: 'a,b', STRICT: 'true', PATH: '/bin', LEVEL: '' })
  t.same(config, { PORT: 0, POSTGRES_URL: 'postgres://x', LEVEL: 'info', ORIGINS: ['a', 'b'], STRICT: true })
})

t.test('all mistakes at once, secrets not repeated', async (t) => {
  try {
    loadConfig(schema, { PORT: 'many', LEVEL: 'loud', STRICT: 'perhaps' })
    t.fail('accepted')
  } catch (error) {
    t.ok(error instanceof ConfigError)
    t.same([...(error as ConfigError).faults].sort(), [
      'LEVEL must be one of info, debug, not "loud"',
      'PORT must be integer, not "many"',
      'POSTGRES_URL is required',
      'STRICT must be boolean, not "perhaps"'
    ])
  }
})

t.test('a chosen value asks for other keys', async (t) => {
  const choice = Type.Object({
    BUS: Type.Unsafe<string>({ type: 'string', enum: ['postgres', 'kafka'], default: 'postgres', needs: { postgres: ['LOG_URL'], kafka: ['BROKERS'] } }),
    LOG_URL: Type.Optional(Type.String({ secret: true })),
    BROKERS: Type.Optional(Type.Array(Type.String(), { separator: ',' }))
  })
  t.throws(() => loadConfig(choice, {}), /1 mistake:\n {2}LOG_URL is required with BUS=postgres$/)
  t.throws(() => loadConfig(choice, { BUS: 'kafka', LOG_URL: 'x' }), /1 mistake:\n {2}BROKERS is required with BUS=kafka$/)
  t.throws(() => loadConfig(choice, { BUS: 'mqtt' }), /1 mistake:\n {2}BUS must be one of postgres, kafka, not "mqtt"$/)
  t.same(loadConfig(choice, { BUS: 'kafka', BROKERS: 'a:1,b:2' }), { BUS: 'kafka', BROKERS: ['a:1', 'b:2'] })
})

t.test('addresses of the wrong kind', async (t) => {
  const addresses = Type.Object({ PEER_URL: Type.String({ format: 'http-url' }), DATABASE_URL: Type.String({ format: 'postgres-url', secret: true }), MAIL_URL: Type.String({ format: 'smtp-url' }) })
  t.throws(() => loadConfig(addresses, { PEER_URL: 'peer:80', DATABASE_URL: 'mysql://u:hidden@h/d', MAIL_URL: 'mail' }), new ConfigError([
    'PEER_URL must be an address like https://host, not "peer:80"',
    'DATABASE_URL must be an address like postgres://role:password@host:5432/database',
    'MAIL_URL must be an address like smtp://user:password@host:587, not "mail"'
  ]))
  const right = { PEER_URL: 'http://peer:80/x', DATABASE_URL: 'postgresql://u:p@h/d', MAIL_URL: 'smtps://h' }
  t.same(loadConfig(addresses, right), right)
})

t.test('a key that is no variable is a mistake of the program', async (t) => {
  t.throws(() => loadConfig(Type.Object({ poolMax: Type.Integer() }), {}), /upper case/)
})

t.test('a secret from a file', async (t) => {
  const file = join(t.testdir(), 'secret')
  writeFileSync(file, 'postgres://from-file\n')
  t.equal(loadConfig(schema, { POSTGRES_URL_FILE: file }).POSTGRES_URL, 'postgres://from-file')
  t.throws(() => loadConfig(schema, { POSTGRES_URL_FILE: file, POSTGRES_URL: 'x' }), /both set/)
  t.throws(() => loadConfig(schema, { POSTGRES_URL_FILE: `${file}-missing` }), /^cannot start, the configuration has 1 mistake:.*\n.*cannot be read: ENOENT$/, 'one mistake, not two')
  t.throws(() => loadConfig(schema, { POSTGRES_URL: 'x', PORT_FILE: file, PORT: 'x' }), /must be integer/, 'no file for what is no secret')
})

t.test('described and printed without secrets', async (t) => {
  t.match(describeConfig(schema), '| `PORT` | integer | `3000` | Port \\| of HTTP |')
  t.match(describeConfig(schema), '| `POSTGRES_URL` (or `_FILE`) | string | required | Database |')
  const config = loadConfig(schema, { POSTGRES_URL: 'postgres://u:p@h', UPSTREAM_URL: 'http://user:pass@host/x' })
  t.match(redactConfig(schema, config), { POSTGRES_URL: '[redacted]', UPSTREAM_URL: 'http://user:[redacted]@host/x', PORT: 3000 })
})

t.test('the command line of a main', async (t) => {
  function run (env: Record<string, string>, ...argv: string[]) {
    const written = { out: '', err: '', code: -1 }
    const ended = new Error('exit')
    const process = {
      env,
      argv: ['node', 'main', ...argv],
      stdout: { write: (text: string) => { written.out += text } },
      stderr: { write: (text: string) => { written.err += text } },
      exit (code: number): never { written.code = code; throw ended }
    }
    try { return { ...written, config: loadConfigOrExit(schema, process, 'sample') } } catch (error) { if (error !== ended) throw error }
    return written
  }
  const refused = run({})
  t.match(refused, { code: 78, err: /^sample: cannot start, the configuration has 1 mistake:\n {2}POSTGRES_URL is required\n$/ })
  t.match(refused.out.trim().split('\n').map((line) => JSON.parse(line) as object), [{ level: 'fatal', service: 'sample', faults: ['POSTGRES_URL is required'] }], 'and one log record')
  t.match(run({ POSTGRES_URL: 'x' }, '--check-config'), { code: 0, out: 'valid' })
  t.match(run({ POSTGRES_URL: 'hidden' }, '--print-config'), { code: 0, out: '"POSTGRES_URL": "[redacted]"' })
  t.match(run({ POSTGRES_URL: 'x' }), { code: -1, config: { PORT: 3000 } })
})

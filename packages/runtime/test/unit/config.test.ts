import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Type } from 'typebox'
import { cautionsOf, ConfigError, describeConfig, loadConfig, loadConfigOrExit, redactConfig } from '../../src/index.ts'

const schema = Type.Object({
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65535, description: 'Port | of HTTP' }),
  POSTGRES_URL: Type.String({ secret: true, description: 'Database' }),
  LEVEL: Type.Unsafe<'info' | 'debug'>({ type: 'string', enum: ['info', 'debug'], default: 'info' }),
  ORIGINS: Type.Array(Type.String(), { separator: ',', default: [] }),
  UPSTREAM_URL: Type.Optional(Type.String()),
  STRICT: Type.Boolean({ default: false })
})

t.test('defaults, coercion and lists', async (t) => {
  const config = loadConfig(schema, {
    POSTGRES_URL: 'postgres://x',
    PORT: '0',
    ORIGINS: 'a,b',
    STRICT: 'true',
    PATH: '/bin',
    LEVEL: ''
  })
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
      'PORT must be an integer, not "many"',
      'POSTGRES_URL is required',
      'STRICT must be true or false, not "perhaps"'
    ])
  }
})

t.test('a chosen value asks for other keys', async (t) => {
  const choice = Type.Object({
    BUS: Type.Unsafe<string>({
      type: 'string',
      enum: ['postgres', 'kafka'],
      default: 'postgres',
      needs: { postgres: ['LOG_URL'], kafka: ['BROKERS'] }
    }),
    LOG_URL: Type.Optional(Type.String({ secret: true })),
    BROKERS: Type.Optional(Type.Array(Type.String(), { separator: ',' }))
  })
  t.throws(() => loadConfig(choice, {}), /1 mistake:\n {2}LOG_URL is required with BUS=postgres$/)
  t.throws(
    () => loadConfig(choice, { BUS: 'kafka', LOG_URL: 'x' }),
    /1 mistake:\n {2}BROKERS is required with BUS=kafka$/
  )
  t.throws(() => loadConfig(choice, { BUS: 'mqtt' }), /1 mistake:\n {2}BUS must be one of postgres, kafka, not "mqtt"$/)
  t.same(loadConfig(choice, { BUS: 'kafka', BROKERS: 'a:1,b:2' }), { BUS: 'kafka', BROKERS: ['a:1', 'b:2'] })
})

t.test('addresses of the wrong kind', async (t) => {
  const addresses = Type.Object({
    PEER_URL: Type.String({ format: 'http-url' }),
    DATABASE_URL: Type.String({ format: 'postgres-url', secret: true }),
    MAIL_URL: Type.String({ format: 'smtp-url' })
  })
  const password = 'hidden'
  const wrong = { PEER_URL: 'peer:80', DATABASE_URL: `mysql://u:${password}@h/d`, MAIL_URL: 'mail' }
  t.throws(
    () => loadConfig(addresses, wrong),
    new ConfigError([
      'PEER_URL must be an address like https://host, not "peer:80"',
      'DATABASE_URL must be an address like postgres://role:password@host:5432/database',
      'MAIL_URL must be an address like smtp://user:password@host:587, not "mail"'
    ])
  )
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
  t.throws(
    () => loadConfig(schema, { POSTGRES_URL_FILE: `${file}-missing` }),
    /^cannot start, the configuration has 1 mistake:.*\n.*cannot be read: ENOENT$/,
    'one mistake, not two'
  )
  t.throws(
    () => loadConfig(schema, { POSTGRES_URL: 'x', PORT_FILE: file, PORT: 'x' }),
    /must be an integer/,
    'no file for what is no secret'
  )
})

t.test('described and printed without secrets', async (t) => {
  t.match(describeConfig(schema), '| `PORT` | integer | `3000` | Port \\| of HTTP |')
  t.match(describeConfig(schema), '| `POSTGRES_URL` (or `_FILE`) | string | required | Database |')
  const config = loadConfig(schema, { POSTGRES_URL: 'postgres://u:p@h', UPSTREAM_URL: 'http://user:pass@host/x' })
  t.match(redactConfig(schema, config), {
    POSTGRES_URL: '[redacted]',
    UPSTREAM_URL: 'http://user:[redacted]@host/x',
    PORT: 3000
  })
})

/** Runs a main with these variables and arguments, and says how it ended. */
function run (env: Record<string, string>, ...argv: string[]) {
  const written = { out: '', err: '', code: -1 }
  const ended = new Error('exit')
  const process = {
    env,
    argv: ['node', 'main', ...argv],
    stdout: {
      write: (text: string) => {
        written.out += text
      }
    },
    stderr: {
      write: (text: string) => {
        written.err += text
      }
    },
    exit (code: number): never {
      written.code = code
      throw ended
    }
  }
  try {
    const config = loadConfigOrExit(schema, process, { name: 'sample', options: { '--migrate': 'change tables' } })
    return { ...written, config }
  } catch (error) {
    if (error !== ended) throw error
  }
  return written
}

t.test('the command line of a main', async (t) => {
  const refused = run({})
  const text = /^sample: cannot start, the configuration has 1 mistake:\n {2}POSTGRES_URL is required\n$/
  t.match(refused, { code: 78, err: text })
  const records = refused.out.trim().split('\n').map((line) => JSON.parse(line) as object)
  t.match(records, [{ level: 'fatal', service: 'sample', faults: ['POSTGRES_URL is required'] }], 'and one log record')
  t.match(run({ POSTGRES_URL: 'x' }, '--check-config'), { code: 0, out: 'the configuration is valid\n' })
  t.match(run({ POSTGRES_URL: 'hidden' }, '--print-config'), { code: 0, out: '"POSTGRES_URL": "[redacted]"' })
  t.match(run({ POSTGRES_URL: 'x' }), { code: -1, config: { PORT: 3000 } })
  t.match(run({ POSTGRES_URL: 'x' }, '--migrate'), { code: -1 })
  t.match(run({}, '--version'), { code: 0, out: /^\d+\.\d+\.\d+\n$/, err: '' })
  const help = run({}, '--help')
  t.match(help, { code: 0, err: '' }, 'also without a configuration')
  const lines = ['Usage: sample', '--migrate ', '--check-config ', 'POSTGRES_URL ', 'Database']
  for (const line of lines) t.match(help.out, line)
})

t.test('unknown options and arguments end it with the list of mistakes', async (t) => {
  const advices = {
    '--chek-config': '--check-config is',
    '--prnt-config': '--print-config is',
    '--migrat': '--migrate is',
    serve: 'known are --migrate, --check-config,',
    '-h': 'known are',
    '--port=1': 'known are',
    '': 'known are'
  }
  for (const [argument, advice] of Object.entries(advices)) {
    const ended = run({ POSTGRES_URL: 'x' }, argument)
    t.match(ended, { code: 78, err: `${argument} is no option of this program; ${advice}` })
  }
  t.match(run({ PORT: 'x' }, '--check-config', '--all').err, /3 mistakes/, 'beside those of the values')
})

t.test('mistyped variables end it, and name the likely one', async (t) => {
  const refused = {
    KAFKA_BROKRES: 'KAFKA_BROKERS is',
    KAFKA_BROKER: 'KAFKA_BROKERS is',
    DATABSE_URL: 'DATABASE_URL is',
    LOGLEVEL: 'LOG_LEVEL is',
    POSTGRES_URI: 'POSTGRES_URL is',
    SMTP_URI: 'SMTP_URL is',
    KAFKA_SASL_USER: 'KAFKA_SASL_USERNAME',
    AUTH_JWKS: 'AUTH_JWKS_URL',
    WEBHOOK_ALLOW_PRIVAT: 'WEBHOOK_ALLOW_PRIVATE is',
    RATE_LIMIT: 'RATE_PER_',
    DATABASE_PASSWORD: 'DATABASE_',
    KAFKA_PORT: 'KAFKA_',
    PORT_FILE: 'only secrets may come from a file',
    DATABASE_URL_FILES: 'DATABASE_URL'
  }
  for (const [name, advice] of Object.entries(refused)) {
    const { code, err } = run({ POSTGRES_URL: 'x', [name]: '9092' }, '--check-config')
    t.equal(code, 78, name)
    t.match(err, `${name} is not`)
    t.match(err, advice)
  }
  t.match(run({ POSTGRES_URL: 'x', KAFKA_BROKRES: '' }), { code: -1 }, 'an empty one says nothing')
})

t.test('what else is in the environment of a container is left alone', async (t) => {
  const anything = `
    PATH HOME HOSTNAME PWD OLDPWD SHLVL TERM TZ LANG LC_ALL USER LOGNAME SHELL _ TMPDIR MAIL EDITOR HOSTTYPE
    NODE_VERSION YARN_VERSION NODE_ENV NODE_OPTIONS UV_THREADPOOL_SIZE npm_config_registry npm_package_name
    http_proxy HTTPS_PROXY NO_PROXY SSL_CERT_FILE AWS_REGION AWS_EXECUTION_ENV ECS_CONTAINER_METADATA_URI_V4
    K_SERVICE DYNO WEB_CONCURRENCY GITHUB_ACTIONS RUNNER_OS CI INVOCATION_ID JOURNAL_STREAM SYSTEMD_EXEC_PID
    XDG_RUNTIME_DIR OTEL_EXPORTER_OTLP_ENDPOINT POD_NAME POD_IP POSTGRES_USER POSTGRES_DB PGHOST
    DUELINE_CRASH_AT DOCKER_HOST`.trim().split(/\s+/)
  const orchestrator = {
    KUBERNETES_PORT: 'tcp://10.0.0.1:443',
    KUBERNETES_SERVICE_HOST: '10.0.0.1',
    KUBERNETES_SERVICE_PORT_HTTPS: '443',
    KAFKA_SERVICE_HOST: '10.0.0.2',
    KAFKA_SERVICE_PORT_CLIENT: '9092',
    KAFKA_PORT: 'tcp://10.0.0.2:9092',
    KAFKA_PORT_9092_TCP: 'tcp://10.0.0.2:9092',
    KAFKA_PORT_9092_TCP_ADDR: '10.0.0.2',
    KAFKA_PORT_9092_TCP_PROTO: 'tcp',
    DATABASE_NAME: '/app/database',
    DATABASE_ENV_PGDATA: '/data',
    TICKET_PORT: 'tcp://10.0.0.4:3001'
  }
  const ofOthers = {
    SMTP_URL: 'smtp://h',
    KAFKA_REPLICATION_FACTOR: '3',
    RATE_PER_CALLER: '5',
    WEBHOOK_SECRET_KEY_FILE: '/run/secrets/k',
    TICKET_DATABASE_URL: 'postgres://x'
  }
  const machine = Object.fromEntries(anything.map((name) => [name, 'x']))
  t.match(run({ POSTGRES_URL: 'x', ...machine, ...orchestrator, ...ofOthers }), { code: -1, err: '' })
})

t.test('what is allowed and dangerous is said', async (t) => {
  const caution = { when: '^true$', says: 'everybody may come in' }
  const risky = Type.Object({ OPEN: Type.Boolean({ default: false, caution }) })
  t.same(cautionsOf(risky, loadConfig(risky, {})), [])
  t.same(cautionsOf(risky, loadConfig(risky, { OPEN: 'true' })), ['OPEN: everybody may come in'])
})

t.test('a value that is JSON is read strictly, with every fault, and stands for keys that say the same', async (t) => {
  const json = {
    schema: Type.Array(
      Type.Object({ url: Type.String({ format: 'http-url' }), on: Type.Optional(Type.Boolean()) }, {
        additionalProperties: false
      })
    ),
    faultsOf: (value: readonly unknown[]) => value.length > 1 ? [{ pointer: '/1', message: 'is one too many' }] : []
  }
  const otherwise = 'THINGS'
  const things = Type.Object({
    THINGS: Type.Optional(Type.Unsafe<unknown[]>({ type: 'string', json })),
    THING_URL: Type.Optional(Type.String({ otherwise })),
    THING_NAME: Type.String({ default: 'x', otherwise })
  })
  const faultsOf = (env: Record<string, string>): readonly string[] => {
    try {
      loadConfig(things, env)
      return []
    } catch (error) {
      return (error as ConfigError).faults
    }
  }
  const one = '[{"url":"https://a.example","on":true}]'
  t.same(loadConfig(things, { THINGS: one }), { THINGS: [{ url: 'https://a.example', on: true }], THING_NAME: 'x' })
  t.same(loadConfig(things, { THING_URL: 'a' }), { THING_URL: 'a', THING_NAME: 'x' })
  t.same(faultsOf({}), ['THING_URL is required, or THINGS in its place'])
  t.same(faultsOf({ THINGS: one, THING_URL: 'a', THING_NAME: 'b' }), [
    'THING_URL and THINGS are both set; set one',
    'THING_NAME and THINGS are both set; set one'
  ])
  t.same(faultsOf({ THINGS: '{' }), ['THINGS is no JSON'])
  t.same(faultsOf({ THINGS: '[{"url":"x","on":"true","of":1},{}]' }), [
    'THINGS/0 has no member "of"',
    'THINGS/0/url must be an address like https://host',
    'THINGS/0/on must be true or false',
    'THINGS/1 needs the member "url"'
  ])
  t.same(faultsOf({ THINGS: '[{"url":"http://a"},{"url":"http://b"}]' }), ['THINGS/1 is one too many'])
})

t.test('an issuer is an https address in ASCII, or http on this machine', (t) => {
  const schema = Type.Object({ ISSUER: Type.String({ format: 'issuer-url' }) })
  const right = ['https://id.example/realms/desk', 'https://x.example/', 'http://localhost:8080', 'http://127.0.0.1:1']
  for (const ISSUER of right) t.match(loadConfig(schema, { ISSUER }), { ISSUER })
  const wrong = [
    'desk',
    'id.example',
    'https:id',
    'http://id.example',
    'ftp://id.example',
    'https://ü.example',
    'https://id.example/ a',
    'http://127.0.0.1.example',
    'https://'
  ]
  const message = /ISSUER must be an address like https:.*ASCII/
  for (const ISSUER of wrong) t.throws(() => loadConfig(schema, { ISSUER }), { message }, ISSUER)
  t.end()
})

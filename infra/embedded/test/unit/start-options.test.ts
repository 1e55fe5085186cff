import { resolve } from 'node:path'
import t from 'tap'
import { defaultFolder } from '../../src/folder.ts'
import { choosePort, readStartOptions, startUsage, type StartOptions } from '../../src/start-options.ts'
import { StartFault } from '../../src/start-fault.ts'

function read (args: string[], env: Record<string, string> = {}): StartOptions {
  const options = readStartOptions({ args, env })
  if (options === 'help') throw new Error('help')
  return options
}

t.test('without options', async (t) => {
  t.same(read([]), {
    port: undefined,
    reset: false,
    demo: true,
    folder: defaultFolder,
    databaseUrl: undefined,
    corsOrigins: [],
    logLevel: 'warn'
  })
})

t.test('with all of them', async (t) => {
  const password = 'word'
  const url = `postgres://role:${password}@host:5432/database`
  const args = ['--port', '65525', '--no-demo', '--folder', 'some where', '--database-url', url, '--log-level=debug']
  t.same(read([...args, '--cors', 'http://localhost:5173,https://app.example']), {
    port: 65_525,
    reset: false,
    demo: false,
    folder: resolve('some where'),
    databaseUrl: url,
    corsOrigins: ['http://localhost:5173', 'https://app.example'],
    logLevel: 'debug'
  })
  t.equal(read(['--reset']).reset, true)
  t.equal(read(['--port=0']).port, 0)
  t.same(await choosePort(0), { port: 0, taken: undefined })
})

t.test('front ends are also named by the variable, which the option overrules', async (t) => {
  t.same(read([], { CORS_ORIGINS: 'http://localhost:3000, http://127.0.0.1:5173' }).corsOrigins, [
    'http://localhost:3000',
    'http://127.0.0.1:5173'
  ])
  t.same(read([], { CORS_ORIGINS: '' }).corsOrigins, [])
  t.same(read(['--cors', 'http://localhost:1'], { CORS_ORIGINS: 'http://localhost:3000' }).corsOrigins, [
    'http://localhost:1'
  ])
})

t.test('the help names every option', async (t) => {
  t.equal(readStartOptions({ args: ['--help'], env: {} }), 'help')
  for (const name of ['port', 'reset', 'no-demo', 'folder', 'database-url', 'cors', 'log-level']) {
    t.match(startUsage, `--${name} `)
  }
})

const wrong: [string[], RegExp, Record<string, string>?][] = [
  [
    ['--port', 'abc'],
    /^--port must be a number from 0 to 65525, not "abc": 11 ports in a row are needed, and 0 takes free ones$/
  ],
  [['--port', '70000'], /^--port must be .*, not "70000"/],
  [['--port', '65526'], /^--port must be .*, not "65526"/],
  [['--port', '-1'], /^--port must be .*, not "-1"/],
  [['--port', '80.5'], /^--port must be .*, not "80.5"/],
  [['--port', ' 80'], /^--port must be .*, not " 80"/],
  [['--port'], /^--port needs a value/],
  [['--port', '--reset'], /^--port needs a value/],
  [['--folder='], /^--folder needs a value/],
  [['--prot', '1'], /^--prot is no option \(did you mean --port\?\): npm start -- --help lists the options$/],
  [['--verbose'], /^--verbose is no option: npm start/],
  [['-p', '1'], /^-p is no option: npm start/],
  [['--reset=yes'], /^--reset takes no value, not "yes"/],
  [['8090'], /^"8090" is no option: write npm start -- --NAME VALUE; npm start -- --help lists the options$/],
  [['8090'], /^npm takes what stands in front of two dashes for its own options: run npm start -- --port 8090$/, {
    npm_lifecycle_event: 'start',
    npm_config_port: 'true'
  }],
  [[], /: run npm start -- --port 8090 --no-demo$/, {
    npm_lifecycle_event: 'start',
    npm_config_port: '8090',
    npm_config_demo: ''
  }],
  [['x', 'y'], /: run npm start -- --folder … --database-url …$/, {
    npm_lifecycle_event: 'start',
    npm_config_folder: 'true',
    npm_config_database_url: 'true'
  }],
  [['--log-level', 'loud'], /^--log-level must be one of fatal, error, warn, info, debug, trace, silent, not "loud"$/],
  [['--database-url', 'mysql://h/d'], /^--database-url must be an address such as postgres:/],
  [['--database-url', 'here'], /^--database-url must be an address such as postgres:/],
  [['--reset', '--database-url', 'postgres://h/d'], /^--reset forgets what lies in the folder/],
  [['--cors', 'localhost:5173'], /^--cors must list origins such as http:\/\/localhost:5173, .* not "localhost:5173"$/],
  [['--cors', 'http://localhost:5173/'], /^--cors must list .* not "http:\/\/localhost:5173\/"$/],
  [['--cors', 'http://a.example,'], /^--cors must list .* not ""$/],
  [['--cors', '*'], /^--cors must list .* not "\*"$/],
  [[], /^CORS_ORIGINS must list .* not "http:\/\/localhost\/path"$/, { CORS_ORIGINS: 'http://localhost/path' }]
]
for (const [args, message, env] of wrong) {
  const said = `${args.join(' ')} ${env === undefined ? '' : JSON.stringify(env)}`
  t.test(`refused in one sentence, code 78: ${said}`, async (t) => {
    try {
      read(args, env)
      t.fail('it was accepted')
    } catch (error) {
      t.ok(error instanceof StartFault)
      t.match((error as StartFault).message, message)
      t.equal((error as StartFault).exitCode, 78)
      t.notMatch((error as StartFault).message, /\n/)
    }
  })
}

t.test('what another script of npm was given is none of ours', async (t) => {
  t.equal(read([], { npm_lifecycle_event: 'test', npm_config_port: '8090' }).port, undefined)
})

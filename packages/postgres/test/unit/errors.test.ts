import { DatabaseUnavailable, isTransient, isUnavailable, isUniqueViolation } from '@dueline/postgres'
import t from 'tap'

const coded = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more })
const wrapped = (cause: unknown): Error => new Error('Failed query', { cause })

t.test('a lost or refused connection is both unavailable and transient, also inside a wrapper', async (t) => {
  t.ok(
    isUnavailable(Object.assign(new Error('no socket'), { code: 'ENOENT', syscall: 'connect' })),
    'the socket of a server that is not running'
  )
  t.notOk(isUnavailable(Object.assign(new Error('no file'), { code: 'ENOENT', syscall: 'open' })), 'a missing file')
  for (
    const code of ['ECONNREFUSED', 'ECONNRESET', '57P01', '57P02', '57P03', '53300', '25006', '08006', '08001', '08P01']
  ) {
    for (const error of [coded(code), wrapped(coded(code)), new DatabaseUnavailable(coded(code))]) {
      t.ok(isUnavailable(error), code)
      t.ok(isTransient(error), code)
    }
  }
  t.ok(isTransient(new Error('Connection terminated unexpectedly')))
  t.ok(isTransient(new Error('timeout exceeded when trying to connect')))
})

t.test('a lost race is transient, but the database is there', async (t) => {
  for (const code of ['40001', '40P01']) {
    t.ok(isTransient(wrapped(coded(code))), code)
    t.notOk(isUnavailable(coded(code)), code)
  }
})

t.test('everything else is for good', async (t) => {
  for (
    const error of [
      coded('23505'),
      coded('42P01'),
      coded('22P02'),
      coded('57014'),
      new Error('boom'),
      'text',
      null,
      undefined
    ]
  ) t.notOk(isTransient(error), String(error))
})

t.test('a unique violation is known by its constraint', async (t) => {
  const error = wrapped(coded('23505', { constraint: 'ticket_number' }))
  t.ok(isUniqueViolation(error))
  t.ok(isUniqueViolation(error, 'ticket_number'))
  t.notOk(isUniqueViolation(error, 'other'))
  t.notOk(isUniqueViolation(coded('23503')))
})

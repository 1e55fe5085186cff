import { operationConformance } from '@dueline/testkit'
import t from 'tap'
import { startClock } from '../support/harness.ts'
import { samples } from './samples.ts'

t.test('every operation does what its document says', async (t) => {
  const service = await startClock(t)
  const { service: { http }, issuer, switched } = service
  await operationConformance(t, { http, issuer, samples: samples(service), database: switched })
})

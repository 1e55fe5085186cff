import { operationConformance } from '@dueline/testkit'
import t from 'tap'
import { harness } from './harness.ts'
import { samples } from './samples.ts'

t.test('every operation does what its document says', async (t) => {
  const parts = await harness(t)
  const { service: { http }, issuer, switched } = parts
  await operationConformance(t, { http, issuer, samples: samples(parts), database: switched })
})

import { operationConformance } from '@dueline/testkit'
import t from 'tap'
import { startNotification } from './harness.ts'
import { samples } from './samples.ts'

t.test('every operation does what its document says', async (t) => {
  const service = await startNotification(t)
  await service.stopLoops()
  const { http, issuer, switched } = service
  await operationConformance(t, { http, issuer, samples: samples(service), database: switched })
})

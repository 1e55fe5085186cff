import { getEventListeners } from 'node:events'
import t from 'tap'
import { orAborted } from '../../src/aborted.ts'

t.test('leaves no listener behind, however it ends', async (t) => {
  const stop = new AbortController()
  const never = new Promise<string>(() => {})
  for (let i = 0; i < 20; i++) t.equal(await orAborted(stop.signal, Promise.resolve('done')), 'done')
  await t.rejects(orAborted(stop.signal, Promise.reject(new Error('broken'))), { message: 'broken' })
  t.equal(getEventListeners(stop.signal, 'abort').length, 0)
  const waiting = orAborted(stop.signal, never)
  stop.abort()
  t.equal(await waiting, undefined)
  t.equal(await orAborted(stop.signal, never), undefined, 'also when it was aborted before')
  t.equal(getEventListeners(stop.signal, 'abort').length, 0)
})

import t from 'tap'
import { fileEvents, fileStates, hasEnded, placesOf, stateAfter } from '../../src/domain/file-states.ts'
import { fileOfKey, isOrphan, keyIn } from '../../src/file-keys.ts'

t.test('what each event makes of each state', async (t) => {
  const table = {
    //         finished    passed     failed     moved    ranOut     removed
    reserved: ['uploaded', undefined, undefined, undefined, 'expired', 'deleted'],
    uploaded: [undefined, 'checked', 'refused', undefined, undefined, 'deleted'],
    checked: [undefined, undefined, undefined, 'ready', undefined, 'deleted'],
    ready: [undefined, undefined, undefined, undefined, undefined, 'deleted'],
    refused: [undefined, undefined, undefined, undefined, undefined, undefined],
    expired: [undefined, undefined, undefined, undefined, undefined, undefined],
    deleted: [undefined, undefined, undefined, undefined, undefined, undefined]
  } as const
  t.same(Object.keys(table), fileStates)
  for (const state of fileStates) t.same(fileEvents.map((event) => stateAfter(state, event)), table[state], state)
  t.same(fileStates.filter(hasEnded), ['refused', 'expired', 'deleted'])
})

t.test('nothing is ready that has not been checked, whatever happens in whatever order', async (t) => {
  const reached = (from: string, without: string): Set<string> => {
    const seen = new Set([from])
    for (const state of seen) {
      for (const event of fileEvents) {
        const next = stateAfter(state as 'reserved', event)
        if (next !== undefined && next !== without) seen.add(next)
      }
    }
    return seen
  }
  t.notOk(reached('reserved', 'checked').has('ready'))
  t.ok(reached('reserved', '').has('ready'))
})

t.test('which objects belong to nobody', async (t) => {
  const places = { reserved: 'q', uploaded: 'q', checked: 'qf', ready: 'f', refused: '', expired: '', deleted: '' }
  for (const state of fileStates) t.equal(placesOf(state).map((place) => place[0]).join(''), places[state], state)
  t.equal(isOrphan('files', 'ready'), false)
  t.equal(isOrphan('quarantine', 'ready'), true)
  t.equal(isOrphan('files', 'uploaded'), true)
  t.equal(isOrphan('files', undefined), true)
})

t.test('keys are read back, and no others are taken for ours', async (t) => {
  const file = { tenantId: 'acme', id: '0198c0de-0000-7000-8000-000000000001' }
  for (const place of ['quarantine', 'files'] as const) {
    t.same(fileOfKey('template', keyIn('template', place, file)), { place, ...file })
    t.equal(fileOfKey('ticket', keyIn('template', place, file)), undefined)
  }
  for (const key of ['template/files/acme/x', `template/other/acme/${file.id}`, `x/template/files/acme/${file.id}`]) {
    t.equal(fileOfKey('template', key), undefined, key)
  }
})

import { defaultPauseRules } from '@dueline/contracts'
import t from 'tap'
import { canonicalReminders, canonicalTargets, completePauseRules, rowFaults } from '../../src/domain/row-rules.ts'

const sound = { targets: { resolution: 'PT1H' }, reminders: [], when: null, validFrom: null, validTo: null }

t.test('a sound row has no fault', async (t) => {
  t.same(rowFaults(sound), [])
  t.same(
    rowFaults({
      ...sound,
      reminders: [{ percent: 50 }, { before: 'PT10M' }, { after: 'PT10M' }],
      validFrom: 1,
      validTo: 2
    }),
    []
  )
})

t.test('every fault is listed, with its place', async (t) => {
  const faults = rowFaults({
    targets: { first_response: 'PT0S', resolution: 'PT1H' },
    reminders: [{ before: 'PT0S' }, { after: 'PT0M' }, { percent: 50 }, { percent: 50, urgent: true }, {
      after: 'PT60M'
    }, { after: 'PT1H' }],
    when: { field: 'ticket.priority', op: 'eq', value: 'P7' },
    validFrom: 5,
    validTo: 5
  })
  t.same(faults.map(({ pointer }) => pointer), [
    '/targets/first_response',
    '/reminders/0/before',
    '/reminders/1/after',
    '/reminders/3',
    '/reminders/5',
    '/when/value',
    '/validTo'
  ])
  t.same(rowFaults({ ...sound, targets: {} }).map(({ pointer }) => pointer), ['/targets'])
})

t.test('stored forms are canonical', async (t) => {
  t.same(canonicalTargets({ resolution: 'PT90M', first_response: 'PT3600S' }), {
    first_response: 'PT1H',
    resolution: 'PT1H30M'
  })
  t.same(canonicalReminders([{ percent: 75, urgent: false }, { before: 'PT60M', urgent: true }, { after: 'PT120S' }]), [
    { percent: 75 },
    { before: 'PT1H', urgent: true },
    { after: 'PT2M' }
  ])
  t.same(completePauseRules({ resolution: ['manual', 'manual'], first_response: [] }), {
    ...defaultPauseRules,
    resolution: ['manual'],
    first_response: []
  })
})

import { compileCalendar } from '@dueline/business-time'
import t from 'tap'
import { at, clockOf, agreementVersion, Timeline } from './timeline-builder.ts'

t.test('a deadline at a close', async (t) => {
  const calendar = compileCalendar({
    timezone: 'UTC',
    weekly: { mon: [['09:00', '13:00']], tue: [['09:00', '13:00']] }
  })
  const calendars = () => calendar
  const clock = (end: number) =>
    clockOf(new Timeline().created().status(end, 'resolved'), agreementVersion({ calendarId: 'c' }), at(48), {
      calendars
    })
  t.match(clock(at(4)), { breachedAt: null, dueAt: at(4) })
  t.match(clock(at(5)), { breachedAt: at(4), dueAt: at(4) }, 'resolved after the close that was the deadline')
  const handedOver = new Timeline().created().assign(at(5), 'agent-2')
  t.match(
    clockOf(handedOver, agreementVersion({ calendarId: 'c' }), at(6), { calendars }),
    { breachedAt: at(4), dueAt: at(4) },
    'handed over after it: it stays'
  )
  const pausedAfterIt = new Timeline().created().status(at(5), 'waiting_on_customer').status(at(25), 'open')
  t.match(clockOf(pausedAfterIt, agreementVersion({ calendarId: 'c' }), at(25), { calendars }), {
    state: 'running',
    breachedAt: at(4),
    dueAt: at(4)
  }, 'paused after it, with nothing consumed since: it stays')
  const never = compileCalendar({ timezone: 'UTC', weekly: {} })
  t.match(
    clockOf(new Timeline().created(), agreementVersion({ calendarId: 'c' }), at(900), { calendars: () => never }),
    {
      state: 'running',
      dueAt: null,
      breachedAt: null,
      planned: []
    },
    'never open'
  )
})

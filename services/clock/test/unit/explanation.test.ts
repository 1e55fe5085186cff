import { compileCalendar, parseInstant } from '@dueline/business-time'
import { languages, metrics, type PauseReason } from '@dueline/contracts'
import t from 'tap'
import { explain, type Reader } from '../../src/domain/explanation.ts'
import { explanationTexts } from '../../src/domain/explanation-texts.ts'
import { at, clockOf, HOUR, MINUTE, nine, agreementVersion, SECOND, Timeline } from './timeline-builder.ts'

const calendars = () =>
  compileCalendar({
    timezone: 'America/New_York',
    weekly: { mon: [['00:00', '24:00']], tue: [['00:00', '24:00']] }
  })
const timeline = () => new Timeline().created().status(at(1), 'waiting_on_customer').status(at(2), 'open')
const terms = agreementVersion({ calendarId: 'c', targets: { resolution: 90 * MINUTE } })

function linesFor (reader: Partial<Reader>, name = 'Response "24h"'): string[] {
  const clock = clockOf(timeline(), terms, at(3), { calendars })
  return explain(clock, { rowName: name, policyVersion: 12 }, 'Office', at(3), {
    language: 'en',
    timeZone: 'UTC',
    ...reader
  })
}

t.test('English, in the zone of the reader', async (t) => {
  t.equal(nine, parseInstant('2026-01-05T09:00:00Z'))
  t.same(linesFor({ timeZone: 'Asia/Dubai' }), [
    'The resolution target is 1 hour, 30 minutes, set by "Response "24h"" (policy version 12).',
    'Time counts in the hours of "Office", version 1.',
    'From Jan 5, 2026, 1:00:00 PM GMT+4 to Jan 5, 2026, 2:00:00 PM GMT+4 it ran (created): 1 hour of open time.',
    'From Jan 5, 2026, 2:00:00 PM GMT+4 to Jan 5, 2026, 3:00:00 PM GMT+4 it was paused for the customer ' +
    '(status: waiting on the customer): nothing counts.',
    'From Jan 5, 2026, 3:00:00 PM GMT+4 on it ran (status: open): ' +
    '1 hour of open time up to Jan 5, 2026, 4:00:00 PM GMT+4.',
    'Together 2 hours of 1 hour, 30 minutes are used: 30 minutes too much.',
    'So the deadline is Jan 5, 2026, 3:30:00 PM GMT+4. The target was missed at Jan 5, 2026, 3:30:00 PM GMT+4.'
  ])
  t.match(linesFor({ timeZone: 'America/New_York' })[2], 'From Jan 5, 2026, 4:00:00 AM EST')
})

t.test('Arabic, with names of another script set apart', async (t) => {
  const lines = linesFor({ language: 'ar', timeZone: 'Asia/Riyadh' }, 'Gold')
  t.equal(lines.length, linesFor({}).length)
  t.match(lines[0], 'التعهد: الحل خلال')
  t.match(lines[0], '«\u2068Gold\u2069»')
  t.match(lines[3], 'متوقف بسبب انتظار العميل')
  t.match(lines.at(-1), /غرينتش\+[3٣]/)
  t.match(linesFor({}, 'ذهبي')[0], '"\u2068ذهبي\u2069"')
})

t.test('who does not know the SLA table gets the same lines without the names of rows and calendars', async (t) => {
  const clock = clockOf(timeline(), terms, at(3), { calendars })
  const reader: Reader = { language: 'en', timeZone: 'UTC' }
  const [agreed, hours, ...others] = explain(clock, null, null, at(3), reader)
  t.equal(agreed, 'The resolution target is 1 hour, 30 minutes.')
  t.match(hours, /^Time counts /)
  t.notMatch(hours, 'Office')
  t.same(others, linesFor({}).slice(2))
})

t.test('a name cannot change how the rest of a line is read', async (t) => {
  t.match(linesFor({}, 'a\u202eb\nc')[0], '"ab c"')
})

t.test('each language says everything', async (t) => {
  const reasons: PauseReason[] = ['waiting_on_customer', 'waiting_on_vendor', 'maintenance', 'manual']
  for (const language of languages) {
    const { causes, ...words } = explanationTexts[language]
    t.same(Object.keys(causes), Object.keys(explanationTexts.en.causes))
    for (const metric of metrics) t.ok(words.metrics[metric])
    for (const reason of reasons) t.ok(words.reasons[reason])
    const said = [
      words.extended({ by: 'BY', target: 'TARGET' }),
      words.left('300'),
      words.missed('AT'),
      words.due({ at: 'AT', isOver: true }),
      words.within({ used: 'USED', target: 'TARGET', left: 'LEFT' }),
      words.tooMuch({ used: 'USED', target: 'TARGET', over: 'OVER' }),
      words.stays({ span: 'SPAN', cause: 'CAUSE', state: 'STATE' }),
      words.policyVersion('12')
    ].join(' ')
    for (const value of ['BY', 'TARGET', '300', 'AT', 'USED', 'LEFT', 'OVER', 'SPAN', 'CAUSE', 'STATE', '12']) {
      t.match(said, value)
    }
  }
})

t.test('what is not late', async (t) => {
  const reader: Reader = { language: 'en', timeZone: 'UTC' }
  const text = { rowName: 'R', policyVersion: 0 }
  const asOf = nine + 20 * SECOND
  const clock = clockOf(new Timeline().created(), agreementVersion({ targets: { resolution: HOUR } }), asOf)
  const fine = explain(clock, text, null, asOf, reader)
  t.match(fine[0], '(built-in defaults)')
  t.equal(fine[1], 'Time counts around the clock.')
  t.equal(fine.at(-2), 'Together 20 seconds of 1 hour are used, 59 minutes, 40 seconds are left.')
  t.equal(fine.at(-1), 'So the deadline is Jan 5, 2026, 10:00:00 AM UTC.')
})

t.test('what lasts, what began anew and what is over are said differently, in each language', (t) => {
  for (const language of languages) {
    const { span, ran, due } = explanationTexts[language]
    t.notMatch(span({ from: 'FROM', to: null }), /null/)
    t.match(span({ from: 'FROM', to: 'TO' }), /FROM.*TO/)
    const time = { span: 'SPAN', cause: 'CAUSE', open: 'OPEN', restart: false, upTo: null }
    t.notMatch(ran(time), /null/)
    t.match(ran({ ...time, upTo: 'UPTO' }), /OPEN.*UPTO/)
    t.ok(ran({ ...time, restart: true }).length > ran(time).length, 'that it began anew takes words')
    t.not(due({ at: 'AT', isOver: true }), due({ at: 'AT', isOver: false }))
  }
  t.match(explanationTexts.ar.due({ at: 'AT', isOver: true }), 'كان')
  t.notMatch(explanationTexts.ar.due({ at: 'AT', isOver: false }), 'كان')
  t.end()
})

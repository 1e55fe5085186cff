import t from 'tap'
import { byInstant, marksOf, type MarkAt, type MarkEvent } from '../../src/domain/marks.ts'
import { agreementVersion, HOUR, MINUTE } from './timeline-builder.ts'

const mark = (at: number, event: MarkEvent, key: string = event): MarkAt => ({ key, event, urgent: false, at })
const termsWith = (marks: object[]) => agreementVersion({ targets: { resolution: HOUR }, marks: marks as never }).terms!

t.test('marks are announced by instant; in one instant a breach after its warnings; of one kind by key', (t) => {
  const marks = [
    mark(1, 'overdue'),
    mark(2, 'warned', 'percent:50'),
    mark(2, 'warned', 'percent:80'),
    mark(2, 'reminded'),
    mark(2, 'breached'),
    mark(2, 'overdue'),
    mark(3, 'warned')
  ]
  for (const given of [marks.toReversed(), [...marks.slice(3), ...marks.slice(0, 3)], marks]) {
    t.same(given.toSorted(byInstant), marks)
  }
  const [a, b] = [mark(2, 'warned', 'a'), mark(2, 'warned', 'b')]
  t.same([byInstant(a, b), byInstant(b, a), byInstant(a, { ...a })].map(Math.sign), [-1, 1, 0])
  t.end()
})

t.test('a reminder before the start is left out, one a microsecond after it is not', (t) => {
  const before = [HOUR, HOUR - 1, HOUR + 1, MINUTE].map((length) => ({ before: length, urgent: false }))
  t.same(marksOf(HOUR, termsWith(before)).map(({ threshold }) => threshold), [HOUR, 1, HOUR - MINUTE])
  t.end()
})

t.test('one that is listed twice counts once, urgent if either is', (t) => {
  for (const [one, two] of [[true, false], [false, true], [true, true], [false, false]] as const) {
    const marks = marksOf(HOUR, termsWith([{ percent: 50, urgent: one }, { percent: 50, urgent: two }]))
    t.same(marks.map(({ key, urgent }) => [key, urgent]), [['breach', true], ['percent:50', one || two]])
  }
  t.end()
})

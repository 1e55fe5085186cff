// Real forms, compared with what pypdf reads of them. Where the importer differs, it is said here and why.
import { readFileSync } from 'node:fs'
import t from 'tap'
import type { Choice, Question } from '@dueline/questionnaire'
import { type Place, readForm } from '../../src/index.ts'
import { folder, form, questionsIn } from './forms.ts'

interface Read {
  type: string | null
  value: string | null
  states: string[] | null
  flags: number | null
  tooltip: string | null
  opt: string[] | null
}
const readByPypdf = JSON.parse(readFileSync(new URL('fields-by-pypdf.json', folder), 'utf8')) as Record<
  string,
  { pages: number, fields: Record<string, Read> }
>
const flags = { multiline: 1 << 12, radio: 1 << 15, push: 1 << 16, multiple: 1 << 21 }
/** Fields that both have, and that are no questions. */
const leftOut: Record<string, string> = {
  'Eject 📼': 'a push button',
  'Play ▶️': 'a push button',
  'Submit 📝': 'a push button',
  'Launch 🚀': 'a push button'
}

for (const [file, { pages, fields }] of Object.entries(readByPypdf)) {
  t.test(file, async (t) => {
    const { questionnaire, places, pages: found } = await readForm(form(file))
    if (questionnaire === null) return t.fail('nothing was read')
    t.equal(found, pages)
    // Fields without a type are the levels of names.
    const asked = Object.entries(fields).filter(([name, { type }]) => type !== null && leftOut[name] === undefined)
    t.strictSame(places.map(({ field }) => field).sort(), asked.map(([name]) => name).sort(), 'the same fields')
    const questions = new Map(questionsIn(questionnaire).map((question) => [question.name, question]))
    const wrong = asked.flatMap(([name, read]) => {
      const place = places.find(({ field }) => field === name)
      const question = questions.get(place?.question ?? '')
      if (place === undefined || question === undefined) return [`${name} is missing`]
      return differences(name, read, question, place, questionnaire.lists ?? {})
    })
    t.strictSame(wrong, [], 'of the same kinds, with the same choices, tool tips and flags')
  })
}

function differences (
  name: string,
  read: Read,
  question: Question,
  place: Place,
  lists: Record<string, Choice[]>
): string[] {
  const wrong: string[] = []
  const compare = (what: string, ours: unknown, theirs: unknown) => {
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
      wrong.push(`${name} ${what}: ${JSON.stringify(ours)}, pypdf ${JSON.stringify(theirs)}`)
    }
  }
  compare('kind', question.kind, kindBy(read))
  compare('required', 'required' in question && question.required === true, ((read.flags ?? 0) & 2) !== 0)
  if (read.tooltip !== null) compare('label', Object.values(question.label ?? {}), [read.tooltip])
  if ('list' in question) {
    const choices = lists[question.list] ?? []
    const values = choices.map((choice) => place.values?.[choice.name]).sort()
    // pypdf names states as they stand, with the slash.
    const theirs = read.type === '/Ch' ? read.opt ?? [] : onStates(read)
    compare('choices', values, [...theirs].sort())
    if (read.opt !== null) {
      compare('labels', choices.flatMap(({ label }) => Object.values(label ?? {})).sort(), [...read.opt].sort())
    }
  }
  return wrong
}

function onStates ({ states }: Read): string[] {
  return (states ?? []).filter((state) => state !== '/Off').map((state) => state.slice(1))
}

function kindBy (read: Read): string {
  const has = (flag: number) => ((read.flags ?? 0) & flag) !== 0
  if (read.type === '/Tx') return has(flags.multiline) ? 'long_text' : 'text'
  if (read.type === '/Ch') return has(flags.multiple) ? 'many_of' : 'one_of'
  // A group of one button can be on or not.
  return onStates(read).length > 1 ? 'one_of' : 'yes_no'
}

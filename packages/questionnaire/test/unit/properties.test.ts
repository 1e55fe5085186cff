// Validation against a second interpreter, and what must hold of its result whatever was given.
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import t from 'tap'
import { answersSchema, compileQuestionnaire, questionnaireSchema, validateAnswers } from '@dueline/questionnaire'
import { property } from '../../../../test/harness/property.ts'
import { samples } from './arbitrary.ts'
import { interpret } from './interpreter.ts'
import { moment } from './samples.ts'

property(t, 'validation agrees with an interpreter that knows no order of evaluation', samples, (sample) => {
  const { answers, faults, removed } = validateAnswers(
    compileQuestionnaire(sample.questionnaire),
    sample.answers,
    moment
  )
  const ours = {
    answers,
    faults: faults.map(({ pointer, code }) => `${pointer} ${code}`),
    removed: removed.map(({ pointer }) => pointer)
  }
  equal(ours, interpret(sample))
}, 400)

property(t, 'clean answers are clean: they stay as they are', samples, (sample) => {
  const compiled = compileQuestionnaire(sample.questionnaire)
  const first = validateAnswers(compiled, sample.answers, moment)
  if (!first.valid) return
  equal(validateAnswers(compiled, first.answers, moment), { ...first, removed: [] })
}, 300)

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
const isQuestionnaire = ajv.compile(JSON.parse(JSON.stringify(questionnaireSchema)))

property(t, 'valid answers fit the schema of their version, which fits its own', samples, (sample) => {
  if (!isQuestionnaire(sample.questionnaire)) throw new Error(ajv.errorsText(isQuestionnaire.errors))
  const { valid, answers } = validateAnswers(compileQuestionnaire(sample.questionnaire), sample.answers, moment)
  const fits = new Ajv2020({ strict: true }).compile(answersSchema(sample.questionnaire))
  if (valid && !fits(answers)) throw new Error(JSON.stringify(fits.errors))
}, 150)

const someForm = compileQuestionnaire({
  format: 'dueline.questionnaire.v1',
  name: 'any',
  languages: [{ tag: 'en' }],
  lists: { l: [{ name: 'a' }] },
  items: ['text', 'integer', 'decimal', 'date', 'time', 'date_time', 'yes_no', 'one_of', 'many_of', 'file']
    .map((kind) => ({ kind, name: kind, ...(kind.endsWith('_of') ? { list: 'l', other: true } : {}) }))
})
const anyAnswers = fc.dictionary(
  fc.oneof(fc.constantFrom(...someForm.byName.keys()), fc.string()),
  fc.oneof(fc.anything(), fc.constantFrom('a', ['a'], { other: 'b' }, '2026-11-29', '12:00', true, 5))
)

const fitsAny = ajv.compile(answersSchema(someForm.questionnaire))

property(t, 'no answers make it throw, and what it gives back fits the schema', anyAnswers, (answers) => {
  const result = validateAnswers(someForm, answers, moment)
  if (!fitsAny(result.answers)) throw new Error(JSON.stringify(fitsAny.errors))
})

function equal (one: unknown, other: unknown): void {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)]
  if (a !== b) throw new Error(`${a} is not ${b}`)
}

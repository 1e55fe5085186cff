// Answers to a questionnaire of 100 questions validated by CPU time, beside ajv with SurveyJS's validator on the same
// questions, conditions and answers; and an XLSForm of 300 rows read, beside pyxform when DUELINE_BENCH_PYTHON names a
// Python that has it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answersSchema, compileQuestionnaire, FORMAT, type Node, validateAnswers } from '@dueline/questionnaire'
import { importXlsx } from '@dueline/questionnaire/import'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { writeXlsx } from 'hucre/xlsx'
import type { Options, Result } from './scenario.ts'

export const name = 'questionnaire'

const QUESTIONS = 100
const ROWS = 300
const moment = { today: '2026-11-29' }
const colours = ['red', 'green', 'blue', 'black']

export async function run ({ quick }: Options): Promise<Result> {
  const rounds = quick ? 20 : 100
  const form = compileQuestionnaire({
    format: FORMAT,
    name: 'bench',
    languages: [{ tag: 'en' }],
    lists: { colours: colours.map((name) => ({ name })) },
    items: Array.from({ length: QUESTIONS }, (_, index) => question(index))
  })
  const answers = Array.from({ length: 50 }, (_, seed) => answersOf(seed))
  const figures: Record<string, number> = {
    validatedPerSecond: best(rounds, 200, (index) => {
      if (!validateAnswers(form, answers[index % 50], moment).valid) throw new Error('the answers are valid')
    })
  }
  const peerPerSecond = best(Math.ceil(rounds / 10), 10, ajvAndSurveyJs(answersSchema(form.questionnaire), answers))
  figures.ajvAndSurveyJsPerSecond = peerPerSecond
  figures.timesAjvAndSurveyJs = figures.validatedPerSecond! / peerPerSecond
  Object.assign(figures, await importFigures(quick ? 5 : 20))
  return { figures, targets }
}

const targets = {
  validatedPerSecond: { atLeast: 20_000 },
  timesAjvAndSurveyJs: { atLeast: 5 },
  importMs: { atMost: 150 },
  timesPyxform: { atLeast: 10 }
}

/** Every fifth has a condition on the one before, every fourth a constraint. */
function question (index: number): Node {
  const name = `q${index}`
  const before = index - index % 5
  const common = { name, ...(index % 5 === 4 ? { relevant: `q${before} >= 5` } : {}) }
  if (index % 5 === 0) return { kind: 'integer', ...common, required: true, min: 0, max: 100 }
  if (index % 5 === 1) return { kind: 'one_of', ...common, required: true, list: 'colours' }
  if (index % 5 === 2) return { kind: 'text', ...common, maxLength: 100 }
  if (index % 5 === 3) return { kind: 'integer', ...common, constraint: `${name} <= q${before}` }
  return { kind: 'yes_no', ...common }
}

function answersOf (seed: number): Record<string, unknown> {
  const answers: Record<string, unknown> = {}
  for (let index = 0; index < QUESTIONS; index++) {
    const number = (seed * 7 + index - index % 5) % 10
    const values = [number, colours[(seed + index) % 4], `text ${seed}`, number, seed % 2 === 0]
    if (index % 5 !== 4 || number >= 5) answers[`q${index}`] = values[index % 5]
  }
  return answers
}

/** The same questions for SurveyJS; its model is made once. */
function ajvAndSurveyJs (schema: object, answers: Record<string, unknown>[]): (index: number) => void {
  const { Model } = createRequire(import.meta.url)('survey-core') as {
    Model: new(json: object) => { data: object, validate(focus: boolean): boolean }
  }
  const elements = Array.from({ length: QUESTIONS }, (_, index) => {
    const own = { name: `q${index}`, ...(index % 5 < 2 ? { isRequired: true } : {}) }
    const first = `{q${index - index % 5}}`
    return [
      { ...own, type: 'text', inputType: 'number', validators: [{ type: 'numeric', minValue: 0, maxValue: 100 }] },
      { ...own, type: 'dropdown', choices: colours },
      { ...own, type: 'text', maxLength: 100 },
      {
        ...own,
        type: 'text',
        inputType: 'number',
        validators: [{ type: 'expression', expression: `{q${index}} <= ${first}` }]
      },
      { ...own, type: 'boolean', visibleIf: `${first} >= 5` }
    ][index % 5]
  })
  const model = new Model({ elements })
  const fits = new Ajv2020().compile(schema)
  return (index) => {
    const given = answers[index % answers.length]!
    model.data = { ...given }
    if (!fits(given) || !model.validate(false)) throw new Error('the answers are valid for the peer too')
  }
}

async function importFigures (rounds: number): Promise<Record<string, number>> {
  const survey = [
    ['type', 'name', 'label::English (en)', 'label::Arabic (ar)', 'relevant', 'constraint', 'required'],
    ...Array.from({ length: ROWS }, (_, index) => [
      index % 3 === 0 ? 'integer' : index % 3 === 1 ? 'select_one colours' : 'text',
      `q${index}`,
      `Question ${index}`,
      `سؤال ${index}`,
      index % 3 === 2 ? `\${q${index - 2}} > 5 and selected(\${q${index - 1}}, 'red')` : null,
      index % 3 === 0 ? '. >= 0 and . < 100' : null,
      index % 2 === 0 ? 'yes' : null
    ])
  ]
  const choices = [
    ['list_name', 'name', 'label::English (en)', 'label::Arabic (ar)'],
    ...colours.map((name) => ['colours', name, name, name])
  ]
  const bytes = await writeXlsx({ sheets: [{ name: 'survey', rows: survey }, { name: 'choices', rows: choices }] })
  let importMs = Infinity
  for (let round = 0; round < rounds; round++) {
    const begun = cpuUs()
    const { questionnaire, issues } = await importXlsx(bytes)
    importMs = Math.min(importMs, (cpuUs() - begun) / 1000)
    if (questionnaire?.items.length !== ROWS || issues.length > 0) throw new Error('the form is read wholly')
  }
  const pyxformMs = pyxform(bytes)
  return { importMs, ...(pyxformMs === undefined ? {} : { pyxformMs, timesPyxform: pyxformMs / importMs }) }
}

/** The best of five of its conversion of the same file, which resolves names as the import does, by CPU time. */
function pyxform (bytes: Uint8Array): number | undefined {
  const python = process.env.DUELINE_BENCH_PYTHON
  if (python === undefined) {
    console.error('questionnaire: DUELINE_BENCH_PYTHON names no Python with pyxform: not compared')
    return undefined
  }
  const folder = mkdtempSync(join(tmpdir(), 'dueline-bench-'))
  try {
    writeFileSync(join(folder, 'form.xlsx'), bytes)
    const script = 'import sys, time\nfrom pyxform.xls2xform import convert\nbest = 1e9\nfor i in range(5):\n' +
      '  t = time.process_time(); convert(sys.argv[1], validate=False); best = min(best, time.process_time() - t)\n' +
      'print(best * 1000)'
    return Number(execFileSync(python, ['-c', script, join(folder, 'form.xlsx')], { encoding: 'utf8' }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Calls per second of CPU time, the best of the rounds. */
function best (rounds: number, calls: number, call: (index: number) => void): number {
  let leastUs = Infinity
  for (let round = 0; round <= rounds; round++) {
    const begun = cpuUs()
    for (let index = 0; index < calls; index++) call(index)
    leastUs = Math.min(leastUs, cpuUs() - begun)
  }
  return calls / leastUs * 1e6
}

function cpuUs (): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

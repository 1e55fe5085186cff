import type { Choice, Question, QuestionOf } from '@dueline/questionnaire'
import { limits as formatLimits } from '@dueline/questionnaire'
import { formatOf } from './formats.ts'
import type { PdfIssue } from './limits.ts'
import { entry, listIn, textOf } from './objects.ts'
import {
  type Field,
  flag,
  inherited,
  isUnseen,
  nameForPeople,
  type Option,
  optionsOf,
  type Widget
} from './structure.ts'

/** What is known of the texts on the pages. */
export interface Context {
  language: string
  /** The text nearest to the field, or to one of its buttons. */
  textOf(widget?: Widget): string | undefined
  report(issue: PdfIssue): void
}
export interface Asked {
  question: Question
  choices?: Choice[]
  /** What the field's value is for each choice, by the choice's name. */
  values?: Record<string, string>
}
/** Without its list, which gets its name later. */
type Bare = Record<string, unknown> & { name: string }

/** The question that a field asks, or undefined for one that asks nothing. */
export function questionOf (field: Field, name: string, around: Context): Asked | undefined {
  const { type, flags } = field
  const report = (severity: PdfIssue['severity'], code: string, message: string) =>
    around.report({ severity, code, message, page: field.widgets[0]?.page ?? 1, field: field.name, question: name })
  const warn = (code: string, message: string) =>
    around.report({ severity: 'warning', code, message, page: field.widgets[0]?.page ?? 1, field: field.name })
  if (type === 'signature') return void warn('signature', 'is a place for a signature, which is not asked for')
  if (type === 'button' && (flags & flag.pushButton) !== 0) return undefined
  if (field.widgets.every(isUnseen)) return void warn('hidden_field', 'is hidden, and not asked for')
  const isReadOnly = (flags & flag.readOnly) !== 0
  const bare: Bare = {
    name,
    label: { [around.language]: labelOf(field, around, report) },
    ...(isReadOnly ? { readOnly: true } : {}),
    ...(!isReadOnly && (flags & flag.required) !== 0 ? { required: true } : {})
  }
  const asked = type === 'text'
    ? textQuestion(field, bare, report)
    : type === 'button'
    ? buttonQuestion(field, bare, around, report)
    : listQuestion(field, bare, around, report)
  const given = defaultOf(field, asked)
  if (given === undefined || given.length > formatLimits.expressionLength) return asked
  report('guess', 'filled', 'is filled in already: its value is taken for the default')
  return { ...asked, question: { ...asked.question, default: given } as Question }
}

type Report = (severity: PdfIssue['severity'], code: string, message: string) => void

function toolTipOf (field: Field): string | undefined {
  const tips = new Set(field.widgets.map(({ dict }) => textOf(entry(dict, 'TU'))?.trim()))
  // A tip for each button tells them apart, and says nothing of the group.
  const own = textOf(entry(field.dict, 'TU'))?.trim() ?? (tips.size === 1 ? [...tips][0] : undefined)
  return own === '' ? undefined : own?.slice(0, 1_000)
}

function labelOf (field: Field, around: Context, report: Report): string {
  const tip = toolTipOf(field)
  if (tip !== undefined) return tip
  const near = around.textOf()
  if (near !== undefined) {
    report('guess', 'label_guessed', `has no tool tip: “${near}” stands nearest to it`)
    return near
  }
  const name = nameForPeople(field.name) || field.name
  report('guess', 'label_missing', `has neither a tool tip nor a text beside it: it is asked by its name, “${name}”`)
  return name
}

function textQuestion (field: Field, bare: Bare, report: Report): Asked {
  const { flags } = field
  if ((flags & flag.fileSelect) !== 0) return { question: { kind: 'file', ...bare } as Question }
  const { kind, min, max, isComputed } = formatOf(field)
  if (isComputed) report('warning', 'computed', 'is computed by a script, which is not read: it is asked as it is')
  if ((flags & flag.password) !== 0) report('warning', 'password_field', 'hides what is typed, which is not done here')
  if (kind === 'integer' || kind === 'decimal') {
    const range = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
    return { question: { kind, ...bare, ...range } as QuestionOf<'decimal'> }
  }
  if (kind !== 'text') return { question: { kind, ...bare } as Question }
  const length = Number(String(inherited(field.dict, 'MaxLen')))
  const isBound = Number.isInteger(length) && length >= 1 && length <= formatLimits.textLength
  const textKind = (flags & flag.multiline) === 0 ? 'text' : 'long_text'
  return { question: { kind: textKind, ...bare, ...(isBound ? { maxLength: length } : {}) } as Question }
}

function buttonQuestion (field: Field, bare: Bare, around: Context, report: Report): Asked {
  const written = optionsOf(field)
  const all = field.widgets.map((widget, index) => [widget.onState ?? '', { widget, index }] as const)
  // The first of each state counts.
  const buttons = new Map(all.toReversed())
  const options = [...buttons].toReversed().map(([state, { widget, index }]): Option & { name?: string } => {
    // A state that is a number is the place of its text.
    const own = written[/^\d{1,4}$/.test(state) && Number(state) < written.length ? Number(state) : index]?.label.trim()
    return own === undefined || own === ''
      ? { value: state, label: buttons.size < 2 ? state : labelOfButton(field, widget, around, report) }
      : { value: state, label: own, name: own }
  })
  if (options.length < 2) return { question: { kind: 'yes_no', ...bare } as Question }
  return withChoices({ kind: 'one_of', ...bare }, options, around.language)
}

function labelOfButton (field: Field, widget: Widget, around: Context, report: Report): string {
  const state = widget.onState ?? ''
  const tip = textOf(entry(widget.dict, 'TU'))?.trim()
  if (tip !== undefined && tip !== '' && tip !== toolTipOf(field)) return tip
  const near = around.textOf(widget)
  if (near !== undefined) report('guess', 'choice_guessed', `has a choice “${state}”, beside which “${near}” stands`)
  else if (/\p{L}/u.test(state)) {
    report('guess', 'choice_guessed', `has a choice without a text, which is called as its value, “${state}”`)
  } else report('error', 'choice_without_text', `has a choice “${state}” without a text: write one`)
  return near ?? state
}

function listQuestion (field: Field, bare: Bare, around: Context, report: Report): Asked {
  const { flags } = field
  const found = new Map(optionsOf(field).map((option) => [option.value, option]))
  const options = [...found.values()].filter(({ label }) => label.trim() !== '')
  if (options.length > formatLimits.choicesPerList || options.length === 0) {
    const most = formatLimits.choicesPerList
    const reason = options.length === 0 ? 'has no choices' : `has more than ${most} choices`
    report('error', 'choices_missing', `${reason}: a text is asked for`)
    return { question: { kind: 'text', ...bare } as Question }
  }
  if ((flags & flag.combo) === 0 && (flags & flag.multiSelect) !== 0) {
    return withChoices({ kind: 'many_of', ...bare }, options, around.language)
  }
  const isOpen = (flags & flag.combo) !== 0 && (flags & flag.edit) !== 0
  return withChoices({ kind: 'one_of', ...bare, ...(isOpen ? { other: true } : {}) }, options, around.language)
}

function withChoices (
  question: Bare & { kind: string },
  options: (Option & { name?: string })[],
  language: string
): Asked {
  const values: Record<string, string> = Object.create(null) as Record<string, string>
  const choices = options.map(({ value, label, name: own }) => {
    const base = (own ?? value).trim().replace(/\s+/gu, '_').slice(0, 190) || 'choice'
    let name = base
    for (let count = 2; name in values || name === 'other'; count++) name = `${base}_${count}`
    values[name] = value
    return { name, label: { [language]: (label.trim() || value.trim() || name).slice(0, 1_000) } }
  })
  return { question: question as unknown as Question, choices, values }
}

/** What the form is filled in with, as an expression. */
function defaultOf (field: Field, { question, values = {} }: Asked): string | undefined {
  const value = inherited(field.dict, 'V')
  const given = value === undefined ? [] : listIn(field.dict, 'V').map(textOf)
  const written = textOf(value) ?? given[0] ?? ''
  const names = Object.keys(values).filter((name) => [written, ...given].includes(values[name]))
  switch (question.kind) {
    case 'yes_no':
      return written !== '' && written !== 'Off' ? 'true' : undefined
    case 'one_of':
      return names[0] === undefined ? undefined : JSON.stringify(names[0])
    case 'many_of':
      return names.length === 0 ? undefined : JSON.stringify(names)
    case 'integer':
      return /^-?\d{1,9}$/.test(written) ? String(Number(written)) : undefined
    case 'decimal':
      return /^-?\d{1,9}(\.\d{1,9})?$/.test(written) ? decimalLiteral(Number(written)) : undefined
    case 'text':
    case 'long_text':
      return fits(written, question) ? JSON.stringify(written) : undefined
    default:
      return undefined
  }
}

function decimalLiteral (number: number): string {
  return Number.isInteger(number) ? `${number}.0` : String(number)
}

function fits (text: string, { maxLength = 1_000 }: { maxLength?: number }): boolean {
  return text.trim() !== '' && text.length <= Math.min(maxLength, 1_000)
}

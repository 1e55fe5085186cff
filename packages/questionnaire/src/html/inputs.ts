import type { Choice, Question, QuestionOf } from '../format.ts'
import { attributes, html, type Markup } from './markup.ts'

/** Where a question stands on the page. */
export interface Spot {
  id: string
  /** Ids of what describes it. */
  describedBy: string | undefined
  answer: unknown
  isReadOnly: boolean
  text(texts: Record<string, string> | undefined): string | undefined
  word(word: 'yes' | 'no' | 'other' | 'none'): string
}

/** Beyond this many choices a list is shorter to look at than buttons. */
const buttonsMost = 12

/** Whether a question is several buttons under a heading, and not one control with a label. */
export function isGroup (question: Question, choices: readonly Choice[]): boolean {
  if (question.kind === 'yes_no' || question.kind === 'many_of') return true
  return question.kind === 'one_of' && choices.length <= buttonsMost
}

export function inputsOf (question: Question, choices: readonly Choice[], spot: Spot): Markup {
  switch (question.kind) {
    case 'long_text':
      return html`<textarea${control(question, spot)} rows="4"${lengths(question)}>${textOf(spot.answer)}</textarea>`
    case 'text':
      return html`<input${control(question, spot)} type="text"${lengths(question)}${value(spot)}>`
    case 'integer':
    case 'decimal':
      return number(question, spot, question.kind === 'integer' ? 1 : 'any')
    case 'rating':
      return number({ ...question, min: question.min ?? 1 }, spot, 1)
    case 'date':
    case 'time':
    case 'date_time':
      return moment(question, spot)
    case 'yes_no':
      return yesNo(question, spot)
    case 'one_of':
      return isGroup(question, choices) ? buttons(question, choices, spot) : select(question, choices, spot)
    case 'many_of':
      return buttons(question, choices, spot)
    case 'file':
      return files(question, spot)
    case 'calculated':
      return html`<output${attributes({ id: spot.id })}>${textOf(spot.answer)}</output>`
    case 'note':
      return html``
  }
}

function control (question: Question, { id, describedBy, isReadOnly }: Spot): Markup {
  return attributes({
    id,
    name: id,
    required: isRequired(question),
    readonly: isReadOnly,
    'aria-describedby': describedBy
  })
}

export function isRequired (question: Question): boolean {
  return 'required' in question && question.required === true
}

function value ({ answer }: Spot): Markup {
  const text = textOf(answer)
  return attributes({ value: text === '' ? undefined : text })
}

function textOf (answer: unknown): string {
  return typeof answer === 'string' || typeof answer === 'number' ? String(answer) : ''
}

function lengths ({ minLength, maxLength }: { minLength?: number, maxLength?: number }): Markup {
  return attributes({ minlength: minLength, maxlength: maxLength })
}

function number (question: QuestionOf<'integer' | 'decimal' | 'rating'>, spot: Spot, step: number | 'any'): Markup {
  const { min, max } = question
  const limits = attributes({ step, min, max })
  const unit = 'unit' in question && question.unit !== undefined ? html` <span>${question.unit}</span>` : undefined
  return html`<input${control(question, spot)} type="number"${limits}${value(spot)}>${unit}`
}

function moment (question: QuestionOf<'date' | 'time' | 'date_time'>, spot: Spot): Markup {
  const type = { date: 'date', time: 'time', date_time: 'datetime-local' }[question.kind]
  // Controls for a date with a time know no offset.
  const local = (text: string | undefined) => question.kind === 'date_time' ? text?.slice(0, 16) : text
  const limits = attributes({ min: local(question.min), max: local(question.max) })
  return html`<input${control(question, spot)}${attributes({ type })}${limits}${
    value({ ...spot, answer: local(textOf(spot.answer)) })
  }>`
}

function button (
  spot: Spot,
  type: 'radio' | 'checkbox',
  at: number,
  label: string,
  more: Record<string, unknown>
): Markup {
  const id = `${spot.id}-${at}`
  const own = attributes({ type, id, name: spot.id, disabled: spot.isReadOnly, ...more })
  return html`<div class="choice"><input${own}> <label${attributes({ for: id })}><bdi>${label}</bdi></label></div>`
}

function yesNo (question: Question, spot: Spot): Markup {
  return html`${
    ([['yes', true], ['no', false]] as const).map(([word, means], at) =>
      button(spot, 'radio', at, spot.word(word), {
        value: word,
        checked: spot.answer === means,
        required: isRequired(question) && at === 0
      })
    )
  }`
}

function buttons (question: QuestionOf<'one_of' | 'many_of'>, choices: readonly Choice[], spot: Spot): Markup {
  const chosen = chosenOf(spot.answer)
  const type = question.kind === 'one_of' ? 'radio' : 'checkbox'
  const all = choices.map(({ name, label }, at) =>
    button(spot, type, at, spot.text(label) ?? name, {
      value: name,
      checked: chosen.names.includes(name),
      required: type === 'radio' && isRequired(question) && at === 0
    })
  )
  return html`${all}${other(question, spot, chosen.other)}`
}

function select (question: QuestionOf<'one_of'>, choices: readonly Choice[], spot: Spot): Markup {
  const chosen = chosenOf(spot.answer)
  const options = choices.map(({ name, label }) =>
    html`<option${attributes({ value: name, selected: chosen.names.includes(name) })}>${
      spot.text(label) ?? name
    }</option>`
  )
  const own = control(question, { ...spot, isReadOnly: false })
  const none = html`<option value="">${spot.word('none')}</option>`
  return html`<select${own}${attributes({ disabled: spot.isReadOnly })}>${none}${options}</select>${
    other(question, spot, chosen.other)
  }`
}

/** An answer of one's own. */
function other (question: QuestionOf<'one_of' | 'many_of'>, spot: Spot, text: string): Markup | undefined {
  if (question.other !== true) return undefined
  const id = `${spot.id}-other`
  const own = attributes({
    type: 'text',
    id,
    name: id,
    value: text === '' ? undefined : text,
    readonly: spot.isReadOnly
  })
  return html`<div class="choice"><label${attributes({ for: id })}>${spot.word('other')}</label> <input${own}></div>`
}

function chosenOf (answer: unknown): { names: unknown[], other: string } {
  const given: unknown[] = Array.isArray(answer) ? answer : [answer]
  const own = given.find((one) => typeof one === 'object' && one !== null && 'other' in one) as
    | { other: unknown }
    | undefined
  return { names: given, other: typeof own?.other === 'string' ? own.other : '' }
}

function files (question: QuestionOf<'file'>, spot: Spot): Markup {
  const given = Array.isArray(spot.answer) ? spot.answer as { name?: unknown }[] : []
  const names = given.flatMap((file) => typeof file?.name === 'string' ? [html`<li><bdi>${file.name}</bdi></li>`] : [])
  const own = attributes({ accept: question.mediaTypes?.join(','), multiple: (question.maxFiles ?? 1) > 1 })
  const list = names.length === 0 ? undefined : html`<ul>${names}</ul>`
  return html`<input${control(question, { ...spot, isReadOnly: false })} type="file"${own}>${list}`
}

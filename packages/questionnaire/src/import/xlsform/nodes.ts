import type { Choice, Node, Question } from '../../format.ts'
import { resultTypes } from '../../format.ts'
import { asciiDigits } from '../../numerals.ts'
import { parse } from '../../expression/parse.ts'
import { serialize } from '@marcbachmann/cel-js'
import type { ImportIssue } from '../issue.ts'
import type { Lists } from './choices.ts'
import { YES_NO_LIST } from './out-types.ts'
import { defaultOf, rangeOf } from './values.ts'
import { type Kind, type Place, toCel } from './to-cel.ts'
import type { Draft } from './tree.ts'
import { XPathError } from './xpath.ts'

const yes = /^(yes|true|true\(\)|1|نعم|y)$/i
const no = /^(no|false|false\(\)|0|لا|n)$/i

/** Makes the nodes of a questionnaire from the rows of a survey, expressions translated. */
export class Nodes {
  readonly made: Node[]
  readonly #byWritten = new Map<string, Draft>()
  readonly #lists: Lists
  readonly #unnamed: string
  readonly #issues: ImportIssue[]
  readonly #used = new Map<string, Choice[]>()
  readonly #top: ReadonlySet<Draft>
  readonly #kinds = new Map<Draft, Kind>()

  constructor (drafts: Draft[], lists: Lists, unnamed: string, issues: ImportIssue[]) {
    this.#lists = lists
    this.#unnamed = unnamed
    this.#issues = issues
    this.#top = new Set(drafts)
    this.#index(drafts)
    this.made = this.#nodes(drafts)
  }

  usedLists (): Record<string, Choice[]> {
    return Object.fromEntries(this.#used)
  }

  #index (drafts: Draft[]): void {
    for (const draft of drafts) {
      if (!this.#byWritten.has(draft.written)) this.#byWritten.set(draft.written, draft)
      this.#index(draft.children)
    }
  }

  #nodes (drafts: Draft[]): Node[] {
    return drafts.map((draft) => this.#node(draft)).filter((node) => node !== undefined)
  }

  #node (draft: Draft): Node | undefined {
    const { row, type, name } = draft
    const label = row.texts('label', this.#unnamed)
    const hint = row.texts('hint', this.#unnamed)
    const relevant = this.#condition(draft, 'relevant')
    const common = { name, ...given({ label, hint, relevant }) }
    if (type.is !== 'begin') return this.#question(draft, common)
    const items = this.#nodes(draft.children)
    if (items.length === 0) {
      this.#report(draft, 'type', 'warning', 'empty_group', `${draft.written} has no questions and is left out`)
      return undefined
    }
    if (type.what === 'group') {
      const isSection = this.#top.has(draft) && /\bsection\b/.test(row.get('appearance'))
      return { kind: isSection ? 'section' : 'group', ...common, items }
    }
    const count = this.#expression(draft, 'repeat_count')
    const whole = count === undefined || count.kind === 'integer' ? count?.cel : `int(${count.cel})`
    return { kind: 'repeat', ...common, items, ...given({ count: whole }) }
  }

  #question (draft: Draft, common: { name: string }): Question | undefined {
    const { row, type } = draft
    const kind = kindOf(draft)
    if (kind === 'note') return { kind, ...common }
    if (kind === 'calculated') return this.#calculated(draft, common)
    const asked = {
      ...common,
      ...given({
        required: this.#flag(draft, 'required'),
        requiredMessage: row.texts('required_message', this.#unnamed),
        readOnly: this.#flag(draft, 'read_only'),
        constraint: this.#condition(draft, 'constraint'),
        constraintMessage: row.texts('constraint_message', this.#unnamed),
        default: this.#default(draft)
      })
    }
    if (type.is === 'range') {
      const range = rangeOf(row.get('parameters'), row.get('appearance'))
      return { ...range, ...asked }
    }
    if (kind === 'yes_no') return { kind, ...asked }
    if (type.is === 'choice') return this.#choice(draft, type, asked)
    if (kind === 'file') {
      return { kind, ...asked, ...given({ mediaTypes: type.is === 'question' ? type.mediaTypes : undefined }) }
    }
    if (kind === 'text' && /\bmultiline\b/.test(row.get('appearance'))) return { kind: 'long_text', ...asked }
    return { kind: kind as 'text', ...asked }
  }

  #choice (
    draft: Draft,
    type: Extract<Draft['type'], { is: 'choice' }>,
    asked: { name: string }
  ): Question | undefined {
    const list = this.#lists.byName.get(type.list)
    if (list === undefined || list.choices.length === 0) {
      this.#report(draft, 'type', 'error', 'unknown_list', `there is no list ${type.list}: the question is left out`)
      return undefined
    }
    this.#used.set(list.name, list.choices)
    const hasOther = list.choices.some(({ name }) => name === 'other')
    const filter = this.#condition(draft, 'choice_filter')
    if (type.other && hasOther) {
      this.#report(draft, 'type', 'warning', 'other_is_a_choice', `${type.list} has a choice “other” of its own`)
    }
    return {
      kind: type.kind,
      ...asked,
      list: list.name,
      ...given({ filter, other: type.other && !hasOther ? true : undefined })
    }
  }

  #calculated (draft: Draft, common: { name: string }): Question | undefined {
    const result = this.#expression(draft, 'calculation') ?? this.#expression(draft, 'default')
    if (result === undefined) {
      this.#report(
        draft,
        'calculation',
        'error',
        'no_calculation',
        `${draft.written} has nothing to calculate and is left out`
      )
      return undefined
    }
    const type = resultTypes.find((one) => one === result.kind) ?? (result.kind === 'null' ? 'text' : undefined)
    if (type === undefined) {
      this.#report(draft, 'calculation', 'error', 'not_translated', `gives a ${result.kind}, which is no value`)
      return undefined
    }
    return { kind: 'calculated', ...common, calculation: result.cel, type }
  }

  #flag (draft: Draft, field: 'required' | 'read_only'): true | string | undefined {
    const text = asciiDigits(draft.row.get(field))
    if (text === '' || no.test(text)) return undefined
    return yes.test(text) ? true : this.#condition(draft, field)
  }

  #default (draft: Draft): string | undefined {
    const text = draft.row.get('default')
    if (text === '') return undefined
    if (/\$\{|\(/.test(text)) return this.#expression(draft, 'default')?.cel
    const made = defaultOf(text, this.#kindOfAnswer(draft))
    if (made === undefined) {
      this.#report(draft, 'default', 'error', 'default', `“${text}” is no answer to this question`)
    }
    return made
  }

  #condition (draft: Draft, field: string): string | undefined {
    return this.#expression(draft, field, 'condition')?.cel
  }

  #expression (draft: Draft, field: string, wanted?: 'condition'): { cel: string, kind: Kind } | undefined {
    const source = draft.row.get(field)
    if (source === '') return undefined
    try {
      const { cel, kind } = toCel(source, this.#place(draft, field), wanted)
      return { cel: readable(serialize(parse(cel))), kind }
    } catch (error) {
      const reason = error instanceof Error ? error.message : ''
      this.#report(draft, field, 'error', 'not_translated', `“${source}” is not translated: it ${reason}`)
      return undefined
    }
  }

  #place (draft: Draft, field: string): Place {
    return {
      answer: (name) => {
        const found = this.#byWritten.get(name)
        if (found === undefined) return undefined
        return { name: found.name, kind: this.#kindOfAnswer(found), repeat: found.repeats.at(-1)?.name ?? null }
      },
      own: draft.type.is === 'begin' ? null : draft.written,
      repeats: draft.repeats.map(({ name }) => name),
      ...(field === 'choice_filter' ? { attributes: this.#lists.attributes } : {})
    }
  }

  #kindOfAnswer (draft: Draft): Kind {
    const { type } = draft
    if (type.is === 'begin') return type.what === 'repeat' ? 'row' : 'null'
    const kind = kindOf(draft)
    if (kind === 'one_of' || kind === 'long_text') return 'text'
    if (kind === 'many_of') return 'list'
    if (kind === 'file') return 'files'
    if (kind === 'rating') return 'integer'
    if (kind !== 'calculated') return kind === 'note' ? 'null' : kind
    const known = this.#kinds.get(draft)
    if (known !== undefined) return known
    // While it is found out, as when a calculation asks for itself, it is a text.
    this.#kinds.set(draft, 'text')
    const source = draft.row.get('calculation') || draft.row.get('default')
    try {
      this.#kinds.set(draft, toCel(source, this.#place(draft, 'calculation')).kind)
    } catch (error) {
      if (!(error instanceof XPathError)) throw error
    }
    return this.#kinds.get(draft) ?? 'text'
  }

  #report (draft: Draft, field: string, severity: ImportIssue['severity'], code: string, message: string): void {
    this.#issues.push({ severity, code, message, ...draft.row.cell(field) })
  }
}

function kindOf ({ type, row }: Draft): Question['kind'] {
  if (type.is === 'range') return rangeOf(row.get('parameters'), row.get('appearance')).kind
  if (type.is === 'choice' && type.list === YES_NO_LIST) return 'yes_no'
  return type.is === 'begin' ? 'note' : type.kind
}

/** Letters of other scripts as themselves: what serializes an expression escapes them. */
function readable (cel: string): string {
  return cel.replace(/\\(?:u([0-9a-f]{4})|.)/gi, (escape, code: string | undefined) => {
    const unit = Number.parseInt(code ?? '0', 16)
    return unit >= 0xa0 ? String.fromCharCode(unit) : escape
  })
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Only what has a value. */
function given<T extends object> (fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>
}

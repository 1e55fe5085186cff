// Relevance and values of all answers, each after what it depends on.
import { Refusal, Shown } from './answer-values.ts'
import type { CompiledNode, CompiledQuestionnaire } from './compiled.ts'
import { type Frame, TooMuchWork, type Work } from './expression/frame.ts'
import type { Scope } from './expression/type.ts'
import { limits } from './format.ts'

/** When answers are given: nothing here reads a clock. */
export interface Moment {
  /** The date where they are given, `YYYY-MM-DD`: what `today()` is. */
  today: string
  /** The instant in UTC, `2026-11-29T07:00:00.000Z`: what `now()` is; midnight UTC of `today` unless given. */
  now?: string
}

/** The answers of one level while they are evaluated. */
export interface AnswerFrame extends Frame {
  parent: AnswerFrame | null
  raw: Readonly<Record<string, unknown>>
  /** As they are stored; null for none. */
  answers: unknown[]
  refusals: (Refusal | undefined)[] | null
}

export class Evaluation {
  readonly top: AnswerFrame
  readonly work: Work
  readonly #frames = new Map<Scope, AnswerFrame[]>()
  readonly #withDefaults: boolean
  #repetitions = 0

  /** `withDefaults`: what is not answered has its default, as when a form begins. Throws TooMuchWork. */
  constructor (
    compiled: CompiledQuestionnaire,
    raw: Readonly<Record<string, unknown>>,
    moment: Moment,
    withDefaults = false
  ) {
    const { today, now = `${today}T00:00:00.000Z` } = moment
    this.work = { today, now, locals: [], choice: null, steps: limits.steps }
    this.#withDefaults = withDefaults
    this.top = frameOf(compiled.root, null, 0, raw)
    this.#frames.set(compiled.root, [this.top])
    for (const node of compiled.steps) {
      for (const frame of this.#frames.get(node.scope) ?? []) this.#evaluate(node, frame)
    }
  }

  #evaluate (node: CompiledNode, frame: AnswerFrame): void {
    const { slot, parent, relevant } = node
    const inherited = parent === null || parent.scope !== node.scope || frame.relevant[parent.slot] === true
    const isRelevant = inherited && (relevant === null || relevant.run(frame, this.work) === true)
    frame.relevant[slot] = isRelevant
    if (!isRelevant) {
      if (node.rows !== null) frame.values[slot] = []
      return
    }
    if (node.rows !== null) this.#open(node, node.rows, frame)
    else if (node.calculation !== null) {
      const value = node.calculation.run(frame, this.work)
      frame.values[slot] = value
      frame.answers[slot] = value
    } else if (node.children.length === 0 && node.node.kind !== 'note') this.#read(node, frame)
  }

  #read (node: CompiledNode, frame: AnswerFrame): void {
    let raw = rawOf(frame.raw, node.node.name)
    if (raw === null && this.#withDefaults) raw = node.initial?.run(frame, this.work) ?? null
    if (raw === null) return
    const value = node.read(raw)
    if (value instanceof Refusal) {
      frame.refusals ??= []
      frame.refusals[node.slot] = value
    } else {
      frame.values[node.slot] = value instanceof Shown ? value.value : value
      frame.answers[node.slot] = value instanceof Shown ? value.answer : value
    }
  }

  /** One frame per repetition; what is no list, or holds what is no object, is refused when it is checked. */
  #open (node: CompiledNode, rows: Scope, frame: AnswerFrame): void {
    const raw = rawOf(frame.raw, node.node.name)
    const most = node.node.kind === 'repeat' ? node.node.max ?? limits.repetitions : 0
    const list = Array.isArray(raw) && raw.length <= most ? raw : []
    this.#repetitions += list.length
    if (this.#repetitions * (rows.size + 1) > limits.steps) {
      throw new TooMuchWork('There are too many repetitions')
    }
    const frames = list.map((item: unknown, index) =>
      frameOf(rows, frame, index, typeof item === 'object' && item !== null ? item as Record<string, unknown> : {})
    )
    frame.values[node.slot] = frames
    const all = this.#frames.get(rows)
    if (all === undefined) this.#frames.set(rows, frames)
    else for (const one of frames) all.push(one)
  }
}

/** The answer given by a name; null for none. */
export function rawOf (raw: Readonly<Record<string, unknown>>, name: string): unknown {
  const value = raw[name]
  if (value === undefined || value === '' || !Object.hasOwn(raw, name)) return null
  return value
}

function frameOf (
  scope: Scope,
  parent: AnswerFrame | null,
  index: number,
  raw: Readonly<Record<string, unknown>>
): AnswerFrame {
  return {
    scope,
    parent,
    index,
    raw,
    values: new Array(scope.size).fill(null),
    answers: new Array(scope.size).fill(null),
    relevant: new Array(scope.size).fill(false),
    refusals: null
  }
}

export function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

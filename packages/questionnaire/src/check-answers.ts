// Once every value is known: what is required, what constraints, filters and counts say, in the questionnaire's order.
import { OTHER } from './answer-values.ts'
import type { CompiledNode, CompiledQuestionnaire } from './compiled.ts'
import { textIn } from './completeness.ts'
import { type AnswerFrame, type Evaluation, isObject, rawOf } from './evaluation.ts'
import type { Run } from './expression/frame.ts'
import { limits, type Choice, type Question, type Repeat, type Texts } from './format.ts'
import { type AnswerFaultCode, messageOf } from './messages.ts'
import type { AnswerFault, Answers, RemovedAnswer, Validation } from './validate.ts'

/** The result of a validation whose values are evaluated. Throws TooMuchWork. */
export function check (
  compiled: CompiledQuestionnaire,
  evaluation: Evaluation,
  language: string,
  partial: boolean
): Validation {
  const checker = new Checker(compiled, evaluation, language, partial)
  const answers = checker.level(compiled.top, evaluation.top, '')
  const { faults, removed } = checker
  return { valid: faults.length === 0, faults, answers, removed }
}

class Checker {
  readonly faults: AnswerFault[] = []
  readonly removed: RemovedAnswer[] = []
  readonly #compiled: CompiledQuestionnaire
  readonly #evaluation: Evaluation
  readonly #language: string
  readonly #partial: boolean

  constructor (compiled: CompiledQuestionnaire, evaluation: Evaluation, language: string, partial: boolean) {
    this.#compiled = compiled
    this.#evaluation = evaluation
    this.#language = language
    this.#partial = partial
  }

  /** The answers of the questionnaire or of one repetition. */
  level (nodes: readonly CompiledNode[], frame: AnswerFrame, pointer: string): Answers {
    for (const name of Object.keys(frame.raw)) {
      const known = this.#compiled.byName.get(name)
      if (known?.scope === frame.scope && hasAnswer(known)) continue
      this.#fault(`${pointer}/${escape(name)}`, 'unknown_question')
    }
    const answers: Answers = {}
    this.#nodes(nodes, frame, pointer, answers)
    return answers
  }

  #nodes (nodes: readonly CompiledNode[], frame: AnswerFrame, pointer: string, answers: Answers): void {
    for (const node of nodes) {
      const { name } = node.node
      if (node.rows === null && node.children.length > 0) this.#nodes(node.children, frame, pointer, answers)
      else if (frame.relevant[node.slot] !== true) {
        if (rawOf(frame.raw, name) !== null) {
          this.removed.push({ pointer: `${pointer}/${name}`, reason: 'not_relevant' })
        }
      } else if (node.rows !== null) this.#repeat(node, frame, `${pointer}/${name}`, answers)
      else this.#question(node, frame, pointer, answers)
    }
  }

  #question (node: CompiledNode, frame: AnswerFrame, pointer: string, answers: Answers): void {
    const { slot, constraint } = node
    const question = node.node as Exclude<Question, { kind: 'note' }>
    const refusal = frame.refusals?.[slot]
    if (refusal !== undefined) {
      const own = refusal.code === 'pattern' ? node : undefined
      this.#fault(
        `${pointer}/${question.name}`,
        refusal.code as AnswerFaultCode,
        node,
        refusal.params,
        constraintText(own)
      )
      return
    }
    const answer = frame.answers[slot]
    if (node.calculation !== null) this.#calculated(node, frame, pointer)
    else if (answer === null) {
      if (!this.#partial && this.#holds(node.required, frame)) {
        const text = 'requiredMessage' in question ? question.requiredMessage : undefined
        this.#fault(`${pointer}/${question.name}`, 'required', node, {}, text)
      }
    } else if (constraint !== null && constraint(frame, this.#evaluation.work) !== true) {
      this.#fault(`${pointer}/${question.name}`, 'constraint', node, {}, constraintText(node))
      return
    } else if (!this.#offered(node, frame, pointer) || !this.#mayChange(node, frame, pointer)) return
    if (answer !== null) answers[question.name] = answer
  }

  #calculated (node: CompiledNode, frame: AnswerFrame, pointer: string): void {
    const given = rawOf(frame.raw, node.node.name)
    if (given !== null && given !== frame.values[node.slot]) {
      this.removed.push({ pointer: `${pointer}/${node.node.name}`, reason: 'calculated' })
    }
  }

  /** Whether the filter lets each chosen choice through. */
  #offered (node: CompiledNode, frame: AnswerFrame, pointer: string): boolean {
    const { filter } = node
    if (filter === null || !('list' in node.node)) return true
    const choices = this.#compiled.questionnaire.lists?.[node.node.list] ?? []
    const value = frame.values[node.slot] as string | string[]
    const refused = [value].flat().find((name) => name !== OTHER && !this.#passes(filter, choices, name, frame))
    if (refused === undefined) return true
    this.#fault(`${pointer}/${node.node.name}`, 'choice_not_offered', node, { choice: refused })
    return false
  }

  /** A name may stand in a list several times, with other attributes each. */
  #passes (filter: Run, choices: readonly Choice[], name: string, frame: AnswerFrame): boolean {
    const { work } = this.#evaluation
    const passes = choices.some((choice) => {
      work.choice = { ...choice.attributes, name }
      return choice.name === name && filter(frame, work) === true
    })
    work.choice = null
    return passes
  }

  /** An answer that is read only is what the question begins with. */
  #mayChange (node: CompiledNode, frame: AnswerFrame, pointer: string): boolean {
    if (!this.#holds(node.readOnly, frame)) return true
    const initial = node.initial?.run(frame, this.#evaluation.work) ?? null
    if (JSON.stringify(initial) === JSON.stringify(frame.values[node.slot])) return true
    this.#fault(`${pointer}/${node.node.name}`, 'read_only', node)
    return false
  }

  #repeat (node: CompiledNode, frame: AnswerFrame, pointer: string, answers: Answers): void {
    const repeat = node.node as Repeat
    const raw = rawOf(frame.raw, repeat.name) ?? []
    if (!Array.isArray(raw)) return this.#fault(pointer, 'not_a_list', node)
    const exact = node.count?.(frame, this.#evaluation.work) as number | null | undefined
    const min = exact ?? repeat.min ?? 0
    const most = repeat.max ?? limits.repetitions
    const max = Math.min(exact ?? most, most)
    if (raw.length < min && !this.#partial) this.#fault(pointer, 'too_few_repetitions', node, { min })
    if (raw.length > max) this.#fault(pointer, 'too_many_repetitions', node, { max: Math.max(0, max) })
    const rows = frame.values[node.slot] as AnswerFrame[]
    const inner = rows.map((row, index) => {
      const at = `${pointer}/${index}`
      if (!isObject(raw[index])) this.#fault(at, 'not_an_object', node)
      return this.level(node.children, row, at)
    })
    if (inner.length > 0) answers[repeat.name] = inner
  }

  #holds (condition: Run | boolean, frame: AnswerFrame): boolean {
    return typeof condition === 'boolean' ? condition : condition(frame, this.#evaluation.work) === true
  }

  #fault (
    pointer: string,
    code: AnswerFaultCode,
    node?: CompiledNode,
    params: AnswerFault['params'] = {},
    own?: Texts
  ): void {
    const text = (texts: Texts | undefined) =>
      textIn(texts, this.#language, this.#compiled.questionnaire.languages[0]?.tag ?? 'en')
    const label = text(node?.node.label)
    this.faults.push({
      pointer,
      code,
      message: text(own) ?? messageOf(code, params, this.#language),
      ...(label === undefined ? {} : { label }),
      params
    })
  }
}

function hasAnswer ({ node, rows, children }: CompiledNode): boolean {
  return rows !== null || (children.length === 0 && node.kind !== 'note')
}

function constraintText (node: CompiledNode | undefined): Texts | undefined {
  return node !== undefined && 'constraintMessage' in node.node ? node.node.constraintMessage : undefined
}

/** A name in a JSON pointer (RFC 6901). */
function escape (name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

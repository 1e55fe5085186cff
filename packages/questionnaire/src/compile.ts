// From a questionnaire to what validates answers: names resolved, expressions compiled, the order of evaluation found.
import { readerOf } from './answer-values.ts'
import type { CompiledNode, CompiledQuestionnaire } from './compiled.ts'
import { type DefinitionFault, QuestionnaireError } from './definition-fault.ts'
import { inOrder } from './dependencies.ts'
import { compileExpression, type Compiled, type Context } from './expression/compile.ts'
import type { Run } from './expression/frame.ts'
import { ExpressionError } from './expression/parse.ts'
import { decimal, integer, type Scope, text, type Type, typeOf, type Variable, yesNo } from './expression/type.ts'
import type { Choice, Node, Question, Questionnaire } from './format.ts'
import { checkStructure } from './structure.ts'
import { isContainer } from './walk.ts'
import { checkBounds, checkLanguages, checkNames } from './checks.ts'

/**
 * Checks a questionnaire wholly and compiles it. Throws QuestionnaireError with every fault: of form, names that are
 * double or missing, expressions that are wrong, cycles among them. The questionnaire must not be changed afterwards.
 */
export function compileQuestionnaire (value: unknown): CompiledQuestionnaire {
  const faults = checkStructure(value)
  if (faults.length > 0) throw new QuestionnaireError(faults)
  const questionnaire = value as Questionnaire
  faults.push(...checkNames(questionnaire), ...checkLanguages(questionnaire), ...checkBounds(questionnaire))
  if (faults.length > 0) throw new QuestionnaireError(faults)
  const compiler = new Compiler(questionnaire)
  if (compiler.faults.length > 0) throw new QuestionnaireError(compiler.faults)
  const order = inOrder(compiler.nodes, compiler.byName)
  if ('cycle' in order) {
    const message = `its relevance or value depends on itself: ${order.cycle.join(' → ')}`
    const pointer = compiler.byName.get(order.cycle[0] ?? '')?.pointer ?? ''
    throw new QuestionnaireError([{ pointer, code: 'cycle', message }])
  }
  return { questionnaire, top: compiler.top, byName: compiler.byName, steps: order.steps, root: compiler.root }
}

/** Every fault of a questionnaire; none when it can be used. */
export function checkQuestionnaire (value: unknown): readonly DefinitionFault[] {
  try {
    compileQuestionnaire(value)
    return []
  } catch (error) {
    if (error instanceof QuestionnaireError) return error.faults
    throw error
  }
}

/** The type of a question's answer in expressions. */
export function typeOfAnswer (question: Question): Type | null {
  switch (question.kind) {
    case 'long_text':
    case 'one_of':
      return text
    case 'rating':
      return integer
    case 'many_of':
      return { is: 'list', of: text }
    case 'file':
      return typeOf('files')
    case 'calculated':
      return typeOf(question.type)
    case 'note':
      return null
    default:
      return typeOf(question.kind)
  }
}

class Compiler {
  readonly faults: DefinitionFault[] = []
  readonly nodes: CompiledNode[] = []
  readonly byName = new Map<string, CompiledNode>()
  readonly root: Scope = { parent: null, repeat: null, size: 0 }
  readonly top: CompiledNode[]
  readonly #questionnaire: Questionnaire
  readonly #variables = new Map<string, Variable>()

  constructor (questionnaire: Questionnaire) {
    this.#questionnaire = questionnaire
    this.top = this.#place(questionnaire.items, '/items', null, this.root)
    for (const node of this.nodes) this.#fill(node)
  }

  /** First all names, so that an expression may look at what comes later. */
  #place (items: Node[], pointer: string, parent: CompiledNode | null, scope: Scope): CompiledNode[] {
    return items.map((node, index) => {
      const compiled: CompiledNode = {
        node,
        pointer: `${pointer}/${index}`,
        parent,
        scope,
        slot: scope.size++,
        children: [],
        rows: node.kind === 'repeat' ? { parent: scope, repeat: node.name, size: 0 } : null,
        relevant: null,
        required: false,
        readOnly: false,
        constraint: null,
        calculation: null,
        initial: null,
        filter: null,
        count: null,
        read: (raw) => raw
      }
      this.nodes.push(compiled)
      this.byName.set(node.name, compiled)
      const { slot, rows } = compiled
      const type: Type | null = rows !== null
        ? { is: 'list', of: { is: 'row', scope: rows } }
        : isContainer(node)
        ? null
        : typeOfAnswer(node)
      if (type !== null) this.#variables.set(node.name, { name: node.name, type, scope, slot })
      if (isContainer(node)) {
        compiled.children = this.#place(node.items, `${compiled.pointer}/items`, compiled, rows ?? scope)
      }
      return compiled
    })
  }

  #fill (compiled: CompiledNode): void {
    const { node, scope, pointer } = compiled
    const context: Context = { scope, variables: this.#variables }
    const expression = (field: string, source: string | undefined, wanted: Type, within = context) =>
      source === undefined ? null : this.#compile(`${pointer}/${field}`, source, within, wanted)
    compiled.relevant = expression('relevant', node.relevant, yesNo)
    if (node.kind === 'repeat') compiled.count = expression('count', node.count, integer)?.run ?? null
    if (isContainer(node) || node.kind === 'note') return
    const type = typeOfAnswer(node) ?? text
    if (node.kind === 'calculated') {
      compiled.calculation = expression('calculation', node.calculation, type)
      return
    }
    const choices = 'list' in node ? this.#questionnaire.lists?.[node.list] ?? [] : []
    compiled.read = readerOf(node, choices)
    const condition = (field: 'required' | 'readOnly'): Run | boolean => {
      const given = node[field]
      return typeof given === 'string' ? expression(field, given, yesNo)?.run ?? false : given ?? false
    }
    compiled.required = condition('required')
    compiled.readOnly = condition('readOnly')
    compiled.constraint = expression('constraint', node.constraint, yesNo)?.run ?? null
    compiled.initial = expression('default', node.default, type.is === 'integer' ? decimal : type)
    if ('filter' in node) {
      compiled.filter = expression('filter', node.filter, yesNo, { ...context, choice: attributesOf(choices) })?.run ??
        null
    }
  }

  #compile (pointer: string, source: string, context: Context, wanted: Type): Compiled | null {
    try {
      return compileExpression(source, context, wanted)
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      const { code, message, at } = error
      this.faults.push({ pointer, code, message, ...(at === undefined ? {} : { at }) })
      return null
    }
  }
}

function attributesOf (choices: readonly Choice[]): Set<string> {
  return new Set(choices.flatMap(({ attributes }) => Object.keys(attributes ?? {})))
}

import type { Run } from './expression/frame.ts'
import type { Compiled } from './expression/compile.ts'
import type { Scope } from './expression/type.ts'
import type { Node, Questionnaire } from './format.ts'
import type { Reader } from './answer-values.ts'

/** A node with its expressions compiled and its place in the frames of its scope. */
export interface CompiledNode {
  node: Node
  /** Of the node in the questionnaire. */
  pointer: string
  parent: CompiledNode | null
  scope: Scope
  slot: number
  /** Of a container, in order. */
  children: CompiledNode[]
  /** Of a repeat: the level of its repetitions. */
  rows: Scope | null
  relevant: Compiled | null
  required: Run | boolean
  readOnly: Run | boolean
  constraint: Run | null
  calculation: Compiled | null
  /** What the question begins with. */
  initial: Compiled | null
  filter: Run | null
  count: Run | null
  read: Reader
}

/** A questionnaire that is ready to validate answers; immutable, may be shared. */
export interface CompiledQuestionnaire {
  questionnaire: Questionnaire
  top: CompiledNode[]
  byName: ReadonlyMap<string, CompiledNode>
  /** Every node, each after what its relevance and value depend on. */
  steps: readonly CompiledNode[]
  root: Scope
}

import { readFileSync } from 'node:fs'
import type { Container, Node, Question, Questionnaire } from '@dueline/questionnaire'
import { FileRefused } from '@dueline/questionnaire/import'

export const folder = new URL('../forms/', import.meta.url)

export function form (file: string): Uint8Array {
  return readFileSync(new URL(file, folder))
}

/** The questions without the sections around them. */
export function questionsIn ({ items }: Questionnaire): Question[] {
  const leaves = (node: Node): Question[] =>
    'items' in node ? (node as Container).items.flatMap(leaves) : [node as Question]
  return items.flatMap(leaves)
}

/** The code that a file is refused with. */
export async function refusalOf (work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'not refused'
  } catch (error) {
    if (error instanceof FileRefused) return error.code
    throw error
  }
}

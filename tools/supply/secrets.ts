import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { lintSource } from '@secretlint/core'
import { creator } from '@secretlint/secretlint-rule-preset-recommend'

export interface Text {
  /** Where it stands, for people. */
  place: string
  path: string
  content: string
}

/** Passwords that tests have made up and spelled out in addresses; the history keeps them. */
const madeUp = { allows: ['/:(?:hidden|secret|word)@/'] }
const config = {
  rules: [{
    id: '@secretlint/secretlint-rule-preset-recommend',
    rule: creator,
    rules: [
      { id: '@secretlint/secretlint-rule-basicauth', options: madeUp },
      { id: '@secretlint/secretlint-rule-database-connection-string', options: madeUp }
    ]
  }]
}

/** @returns a line per secret in a text: its place, its line, its kind. What was found is not repeated. */
export async function secretsIn ({ place, path, content }: Text): Promise<string[]> {
  const source = { content, filePath: path, ext: extname(path), contentType: 'text' as const }
  const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true, maskSecrets: true } })
  return messages.map(({ loc, messageId, ruleId }) => `${place}:${loc.start.line}: ${messageId} (${ruleId})`)
}

/** The files that git tracks or would add, as they are now. */
export function* filesOf (root: string): Generator<Text> {
  const names = git(root, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']).toString().split('\0')
  for (const path of new Set(names)) {
    const content = path === '' ? undefined : contentOf(join(root, path))
    if (content !== undefined) yield { place: path, path, content }
  }
}

/**
 * Every content that a file ever had in the commits behind HEAD, and their messages; a shallow clone has few of them.
 */
export function* historyOf (root: string): Generator<Text> {
  const objects = git(root, ['rev-list', '--objects', 'HEAD']).toString().trimEnd().split('\n')
    .map((line) => [line.split(' ', 1)[0] ?? '', line.split(' ').slice(1).join(' ')] as const)
  const out = git(root, ['cat-file', '--batch'], `${objects.map(([hash]) => hash).join('\n')}\n`)
  let at = 0
  for (const [hash, path] of objects) {
    const head = out.indexOf(0x0a, at)
    const [, type, bytes] = out.toString('latin1', at, head).split(' ')
    const end = head + 1 + Number(bytes)
    const place = `${type} ${hash.slice(0, 12)}${path === '' ? '' : ` (${path})`}`
    if (type !== 'tree') yield { place, path: path || 'COMMIT_EDITMSG', content: out.toString('utf8', head + 1, end) }
    at = end + 1
  }
}

function git (root: string, args: string[], input?: string): Buffer {
  return execFileSync('git', args, { cwd: root, input, maxBuffer: 2 ** 31 - 1, stdio: ['pipe', 'pipe', 'inherit'] })
}

/** A file that was deleted and is not yet committed has none. */
function contentOf (file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

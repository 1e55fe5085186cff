import type { Rule } from 'eslint'

/**
 * Words that only say something to who wrote them, with what the code says instead. An identifier may not have one of
 * them as a word, or as words in a row (`give back` is `giveBack`); as part of a longer word it may (`household`).
 * docs/glossary.md shows this list to readers.
 */
export const privateWords: Record<string, string> = {
  story: 'timeline, history or messages',
  stories: 'timelines, histories or messages',
  play: 'run',
  plays: 'runs',
  played: 'ran',
  scene: 'stage or deployment',
  news: 'updates or events',
  told: 'announced or notified',
  tell: 'announce or report',
  tells: 'announces or reports',
  telling: 'context of an event',
  take: 'claim, acquire, add or apply',
  obey: 'apply',
  settle: 'finish or apply',
  settles: 'finishes or applies',
  keep: 'store, save or retain',
  keeps: 'stores, saves or retains',
  kept: 'stored or retained',
  hear: 'receive',
  heard: 'received',
  surroundings: 'context',
  nobody: 'no and the noun',
  stranger: 'outsider, or what is missing',
  strangers: 'outsiders, or what is missing',
  workshop: 'deps',
  promise: 'agreement',
  promises: 'agreements',
  promised: 'agreed',
  overtaken: 'superseded',
  'in hand': 'inFlight',
  'in line': 'queued',
  'give back': 'release',
  'gave back': 'released',
  'given back': 'released'
}

/** Names of the language and of libraries, and a value of the API. */
export const othersNames = [
  'Promise',
  'PromiseLike',
  'PromiseSettledResult',
  'PromiseFulfilledResult',
  'PromiseRejectedResult',
  'allSettled',
  'keepAlive',
  'keepAliveInitialDelayMillis',
  'keepAliveTimeout',
  'keepAliveMaxTimeout',
  'setKeepAlive',
  'keepAliveMs',
  'keep_closed'
]

export interface Options {
  /** What an identifier may not have as a word, or as words with blanks between, and what to say instead. */
  words: Record<string, string>
  /** Identifiers that are as they are. */
  allowed: readonly string[]
}

/** `giveBackQueue`, `GIVE_BACK_QUEUE`, `#giveBackQueue`: give, back, queue. */
export function wordsOf (identifier: string): string[] {
  return identifier
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[\s_$]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase())
}

/** The first word, or words in a row, of `identifier` that stand in `words`. */
export function privateWordOf (identifier: string, words: Record<string, string>): string | undefined {
  const own = ` ${wordsOf(identifier).join(' ')} `
  return Object.keys(words).find((word) => own.includes(` ${word} `))
}

/** Refuses private words in identifiers: those of variables, functions, types, members and parameters. */
export const privateWordsRule: Rule.RuleModule = {
  meta: {
    type: 'suggestion',
    docs: { description: 'Say it in words that a stranger knows (docs/glossary.md).' },
    schema: [{
      type: 'object',
      properties: {
        words: { type: 'object', additionalProperties: { type: 'string' } },
        allowed: { type: 'array', items: { type: 'string' } }
      },
      required: ['words', 'allowed'],
      additionalProperties: false
    }],
    messages: { private: "'{{word}}' in {{name}}: say {{instead}} (docs/glossary.md)." }
  },
  create (context) {
    const [{ words, allowed }] = context.options as [Options]
    const names = new Set(allowed)
    const check = (node: Rule.Node & { name: string }): void => {
      const { name } = node
      if (names.has(name)) return
      const word = privateWordOf(name, words)
      if (word !== undefined) {
        context.report({ node, messageId: 'private', data: { name, word, instead: words[word] ?? '' } })
      }
    }
    return { Identifier: (node) => check(node as never), PrivateIdentifier: (node) => check(node as never) }
  }
}

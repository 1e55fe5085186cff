// What a version of a template changes, in words.
import type { TemplateRule } from '@dueline/contracts'
import type { Choice, Node, Questionnaire, Texts } from '@dueline/questionnaire'

const linesMax = 500
/** What a node may have, as it is called in words; what is not here is said as it is named. */
const words: Readonly<Record<string, string>> = {
  kind: 'kind',
  label: 'label',
  hint: 'hint',
  relevant: 'condition',
  required: 'whether it is required',
  readOnly: 'whether it can be changed',
  constraint: 'constraint',
  default: 'default',
  calculation: 'calculation',
  filter: 'filter of choices',
  list: 'list of choices'
}

interface Placed {
  readonly node: Node
  readonly within: string
  readonly place: number
}

/** One sentence for each thing that differs, those of questions first, in the order of the newer version. */
export function differences (
  before: { questionnaire: Questionnaire, rules: readonly TemplateRule[] },
  after: { questionnaire: Questionnaire, rules: readonly TemplateRule[] }
): string[] {
  const [old, now] = [nodesOf(before.questionnaire), nodesOf(after.questionnaire)]
  const lines = [
    ...[...now].flatMap(([name, placed]) => {
      const known = old.get(name)
      return known === undefined ? [`${nameOf(placed.node)} is new`] : nodeChanges(known, placed)
    }),
    ...[...old].filter(([name]) => !now.has(name)).map(([, { node }]) => `${nameOf(node)} is gone`),
    ...orderChanges(old, now),
    ...listChanges(before.questionnaire.lists ?? {}, after.questionnaire.lists ?? {}),
    ...languageChanges(before.questionnaire, after.questionnaire),
    ...same(before.questionnaire.title, after.questionnaire.title) ? [] : ['the title is another one'],
    ...ruleChanges(before.rules, after.rules)
  ]
  return lines.length <= linesMax ? lines : [...lines.slice(0, linesMax - 1), `and ${lines.length - linesMax + 1} more`]
}

function nodesOf ({ items }: Questionnaire): Map<string, Placed> {
  const found = new Map<string, Placed>()
  const look = (nodes: readonly Node[], within: string): void => {
    nodes.forEach((node, place) => {
      found.set(node.name, { node, within, place })
      if ('items' in node) look(node.items, node.name)
    })
  }
  look(items, '')
  return found
}

function nameOf (node: Node): string {
  const kind = 'items' in node ? node.kind : 'question'
  const label = node.label === undefined ? undefined : Object.values(node.label)[0]
  return label === undefined ? `${kind} ${node.name}` : `${kind} ${node.name} (“${shortened(label)}”)`
}

function shortened (text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

function nodeChanges (old: Placed, now: Placed): string[] {
  const name = nameOf(now.node)
  const before = old.node as unknown as Record<string, unknown>
  const after = now.node as unknown as Record<string, unknown>
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => field !== 'items')
  return [
    ...old.within === now.within ? [] : [`${name} is moved to ${now.within === '' ? 'the top' : now.within}`],
    ...fields.filter((field) => !same(before[field], after[field]))
      .map((field) => `${name}: ${words[field] ?? field} ${change(before[field], after[field])}`)
  ]
}

function change (before: unknown, after: unknown): string {
  if (before === undefined) return `is now ${shown(after)}`
  if (after === undefined) return `was ${shown(before)} and is gone`
  return `is ${shown(after)}, was ${shown(before)}`
}

function shown (value: unknown): string {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value as Texts).map(([tag, text]) => `“${shortened(String(text))}” (${tag})`).join(', ')
  }
  return typeof value === 'string' ? `“${shortened(value)}”` : shortened(JSON.stringify(value))
}

/** Those that both have, where they stand in another order among their neighbours. */
function orderChanges (old: ReadonlyMap<string, Placed>, now: ReadonlyMap<string, Placed>): string[] {
  const stayed = (nodes: ReadonlyMap<string, Placed>, other: ReadonlyMap<string, Placed>): Map<string, string[]> => {
    const byPlace = new Map<string, string[]>()
    for (const [name, { within }] of nodes) {
      if (other.get(name)?.within === within) byPlace.set(within, [...byPlace.get(within) ?? [], name])
    }
    return byPlace
  }
  const before = stayed(old, now)
  return [...stayed(now, old)].filter(([within, names]) => !same(before.get(within), names))
    .map(([within]) => `the order ${within === '' ? 'at the top' : `in ${within}`} is another one`)
}

function listChanges (
  before: Readonly<Record<string, readonly Choice[]>>,
  after: Readonly<Record<string, readonly Choice[]>>
): string[] {
  return Object.keys(after).flatMap((list) => {
    const [old, now] = [choicesOf(before[list] ?? []), choicesOf(after[list] ?? [])]
    return [
      ...[...now.keys()].filter((name) => !old.has(name)).map((name) => `choice ${list}.${name} is new`),
      ...[...old.keys()].filter((name) => !now.has(name)).map((name) => `choice ${list}.${name} is gone`),
      ...[...now].filter(([name, choice]) => old.has(name) && !same(old.get(name), choice))
        .map(([name]) => `choice ${list}.${name} has other texts`)
    ]
  })
}

function choicesOf (choices: readonly Choice[]): Map<string, Choice> {
  return new Map(choices.map((choice) => [choice.name, choice]))
}

function languageChanges (before: Questionnaire, after: Questionnaire): string[] {
  const tags = ({ languages }: Questionnaire): string[] => languages.map(({ tag }) => tag)
  const [old, now] = [tags(before), tags(after)]
  return [
    ...now.filter((tag) => !old.includes(tag)).map((tag) => `language ${tag} is new`),
    ...old.filter((tag) => !now.includes(tag)).map((tag) => `language ${tag} is gone`)
  ]
}

function ruleChanges (before: readonly TemplateRule[], after: readonly TemplateRule[]): string[] {
  const [old, now] = [before, after].map((rules) => new Set(rules.map(ruleText)))
  const lines = [
    ...[...now!].filter((text) => !old!.has(text)).map((text) => `rule is new: ${text}`),
    ...[...old!].filter((text) => !now!.has(text)).map((text) => `rule is gone: ${text}`)
  ]
  return lines.length > 0 || same(before, after) ? lines : ['the order of the rules is another one']
}

function ruleText ({ when, set }: TemplateRule): string {
  const effects = Object.entries(set).map(([field, value]) => `${field} ${[value].flat().join(', ')}`)
  return `${effects.join(', ')} when ${shortened(when)}`
}

/** Whatever the order of members. */
function same (one: unknown, other: unknown): boolean {
  return ordered(one) === ordered(other)
}

function ordered (value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => a < b ? -1 : 1))
      : each) ?? ''
}

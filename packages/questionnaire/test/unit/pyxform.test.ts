/* eslint no-template-curly-in-string: off -- XLSForm writes answers so */
// Real workbooks, compared with what pyxform reads of them. Where the importer differs, it is said here and why.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { isDeepStrictEqual } from 'node:util'
import type { Container, Node, Questionnaire } from '@dueline/questionnaire'
import { importCsv, importXlsx } from '@dueline/questionnaire/import'

interface Read {
  languages: string[]
  lists: Record<string, string[]>
  questions: {
    path: string,
    type: string,
    label?: string | Record<string, string>,
    required?: string,
    relevant?: string,
    constraint?: string,
    calculate?: string,
    choices?: string[]
  }[]
}
const folder = new URL('../workbooks/', import.meta.url)
const readByPyxform = JSON.parse(readFileSync(new URL('read-by-pyxform.json', folder), 'utf8')) as Record<string, Read>

/** Its types by ours. What is not here has no question in the format. */
const kinds: Record<string, string> = {
  acknowledge: 'yes_no',
  audio: 'file',
  barcode: 'text',
  calculate: 'calculated',
  date: 'date',
  dateTime: 'date_time',
  datetime: 'date_time',
  decimal: 'decimal',
  geopoint: 'text',
  group: 'group',
  int: 'integer',
  integer: 'integer',
  note: 'note',
  'phone number': 'text',
  photo: 'file',
  repeat: 'repeat',
  'select all that apply': 'many_of',
  'select one': 'one_of',
  string: 'text',
  text: 'text',
  time: 'time',
  trigger: 'yes_no',
  video: 'file'
}
/** What a device knows, other files, maps and loops: reported, no questions. */
const leftOut = new Set(
  [
    'start',
    'end',
    'today',
    'deviceid',
    'uri:deviceid',
    'simserial',
    'phonenumber',
    'include',
    'osm',
    'select one external',
    'loop'
  ]
)
const alsoLeftOut: Record<string, string> = {
  // It counts the repetitions of the repeat: in the format the repeat has its count itself.
  'everything/repeat_test_count': 'pyxform makes a question of the count',
  // Beside an answer of one's own no second question is needed.
  available_toilet_types_other: 'other',
  fav_color_other: 'other',
  sex_other: 'other',
  // A table of choices is two rows for pyxform: its head has no question of its own.
  'everything/repeat_test/name/reserved_name_for_field_list_labels_25': 'head of a table',
  'everything/name/reserved_name_for_field_list_labels_25': 'head of a table',
  'loop_toilet_types/number': 'inside a loop over choices'
}
const conditions: Record<string, string> = {
  "not(selected(${skip_to_end}, 'yes'))": '!(skip_to_end == "yes")',
  "regex(${address}, '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,4}')":
    'address.matches("^(?:[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\\\.[A-Za-z]{2,4})$")',
  '. <= ${a_integer}': 'a_decimal <= a_integer',
  "not(selected(., 'yes') and selected (., 'no'))": '!("yes" in select_multiple_test && "no" in select_multiple_test)',
  '. < 10': 'my_int < 10',
  '. > 10.51 and . < 18.39': 'my_decimal > 10.51 && my_decimal < 18.39',
  '. >= today()': 'my_date >= today()',
  "not(selected(., 'c') and selected(., 'd'))": '!("c" in my_select && "d" in my_select)',
  '2+2': '2 + 2'
}

interface Found {
  node: Node
  path: string
  /** Of the group around it. */
  inherited: string | undefined
}

function pathsOf (items: Node[], path = '', inherited?: string): Found[] {
  return items.flatMap((node) => {
    const own = `${path}${node.name}`
    const inner = 'items' in node ? pathsOf((node as Container).items, `${own}/`, node.relevant ?? inherited) : []
    return [{ node, path: own, inherited }, ...inner]
  })
}

for (const [file, read] of Object.entries(readByPyxform)) {
  t.test(file, async (t) => {
    const bytes = readFileSync(new URL(file, folder))
    const { questionnaire, issues } = file.endsWith('.csv') ? importCsv(bytes.toString()) : await importXlsx(bytes)
    if (questionnaire === null) return t.fail('nothing was read')
    const renamed = new Map(
      issues.filter(({ code }) => code === 'renamed').map(({ message }) => {
        const [, written = '', name = ''] = /^“(.*)” is called (.*)$/.exec(message) ?? []
        return [written, name]
      })
    )
    const expected = read.questions.filter(({ path, type }) => !leftOut.has(type) && alsoLeftOut[path] === undefined)
    const named = (path: string) => path.split('/').map((part) => renamed.get(part) ?? part).join('/').toLowerCase()
    const found = pathsOf(questionnaire.items)
    t.strictSame(
      found.map(({ path }) => path.toLowerCase().replace(/_$/, '')),
      expected.map(({ path }) => named(path).replace(/_$/, '')),
      'the same questions in the same order'
    )
    // In a flat form pyxform writes a group's condition to each question in it; here it is inherited.
    const isFlat = file.startsWith('flat')
    const wrong = expected.flatMap((question, index) =>
      differences(question, found[index]?.node, questionnaire, isFlat ? found[index]?.inherited : undefined)
    )
    t.strictSame(wrong, [], 'of the same kinds, with the same labels, choices and conditions')
    t.strictSame(languagesIn(questionnaire), [...read.languages].sort(), 'in the same languages')
  })
}

/** pyxform counts columns without a language as one only where there are no others. */
function languagesIn ({ languages }: Questionnaire): string[] {
  return languages.filter(({ tag }) => tag !== 'und').map(({ name }) => name ?? '').sort()
}

function differences (
  question: Read['questions'][number],
  node: Node | undefined,
  form: Questionnaire,
  inherited: string | undefined
): string[] {
  if (node === undefined) return [`${question.path} is missing`]
  const wrong: string[] = []
  const compare = (what: string, ours: unknown, theirs: unknown) => {
    if (!isDeepStrictEqual(ours, theirs)) {
      wrong.push(`${question.path} ${what}: ${JSON.stringify(ours)}, pyxform ${JSON.stringify(theirs)}`)
    }
  }
  compare('kind', node.kind, kinds[question.type])
  compare('label', labelsOf(node, form), labelsBy(question.label))
  if (inherited === undefined || node.kind !== 'group') {
    compare('relevant', node.relevant ?? inherited, question.relevant && conditions[question.relevant])
  }
  if ('constraint' in node || question.constraint !== undefined) {
    compare('constraint', 'constraint' in node && node.constraint, conditions[question.constraint ?? ''])
  }
  if (node.kind === 'calculated') compare('calculation', node.calculation, conditions[question.calculate ?? ''])
  const required = question.required !== undefined && /^(yes|true)$/i.test(question.required)
  compare('required', 'required' in node && node.required === true, required)
  if ('list' in node && question.choices !== undefined) {
    const ours = (form.lists?.[node.list] ?? []).map(({ name }) => name)
    compare('choices', ours, question.choices.filter((name) => name !== 'other'))
  }
  return wrong
}

function labelsOf ({ label = {} }: Node, { languages }: Questionnaire): Record<string, string> {
  return Object.fromEntries(
    Object.entries(label).map(([tag, text]) => {
      const name = languages.find((one) => one.tag === tag)?.name ?? ''
      return [name, text]
    })
  )
}

/** A dash stands for a text that is not there. */
function labelsBy (label: string | Record<string, string> = {}): Record<string, string> {
  const labels = typeof label === 'string' ? { default: label } : label
  return Object.fromEntries(Object.entries(labels).filter(([, text]) => text !== '-'))
}

/* eslint no-template-curly-in-string: off -- XLSForm writes answers so */
import { deflateRawSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { writeXlsx } from 'hucre/xlsx'
import t from 'tap'
import { checkQuestionnaire, compileQuestionnaire, fromFhir } from '@dueline/questionnaire'
import { importCsv, importXlsx, zipLimits } from '@dueline/questionnaire/import'

/** A zip archive of one file, with any claim about its size. */
function zip (name: string, content: Buffer, claimed = content.length): Buffer {
  const packed = deflateRawSync(content)
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(8, 8)
  local.writeUInt32LE(packed.length, 18)
  local.writeUInt32LE(claimed, 22)
  local.writeUInt16LE(name.length, 26)
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(8, 10)
  entry.writeUInt32LE(packed.length, 20)
  entry.writeUInt32LE(claimed, 24)
  entry.writeUInt16LE(name.length, 28)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(46 + name.length, 12)
  end.writeUInt32LE(30 + name.length + packed.length, 16)
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end])
}

t.test('files that are no workbook, or unpack to more than they may, are refused', async (t) => {
  const megabytes = (count: number) => Buffer.alloc(count * 1_000_000)
  const refused: [string, Uint8Array, string][] = [
    ['nothing', Buffer.alloc(0), 'archive_broken'],
    ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), 'archive_broken'],
    ['the old format', readFileSync(new URL('../workbooks/hidden.xls', import.meta.url)), 'archive_broken'],
    ['another archive', zip('a.txt', Buffer.from('a')), 'not_a_workbook'],
    ['packed too much', zip('xl/workbook.xml', megabytes(5)), 'archive_too_large'],
    ['claims a gigabyte', zip('xl/workbook.xml', Buffer.from('a'), 1_000_000_000), 'archive_too_large'],
    ['claims less than it has', zip('xl/workbook.xml', Buffer.from('abcdef'), 3), 'archive_broken'],
    ['claims more than it has', zip('xl/workbook.xml', Buffer.from('abcdef'), 9), 'archive_broken'],
    ['too large', Buffer.alloc(zipLimits.bytes + 1), 'archive_too_large'],
    ['no XML', zip('xl/workbook.xml', Buffer.from('abc')), 'not_a_workbook']
  ]
  for (const [name, bytes, code] of refused) await t.rejects(importXlsx(bytes), { name: 'FileRefused', code }, name)
})

async function survey (rows: (string | number | boolean | Date | null)[][], more = {}) {
  const bytes = await writeXlsx({ sheets: [{ name: 'survey', rows }], ...more })
  return importXlsx(bytes)
}

t.test('dates of both date systems, numbers and truth values are read as they are meant', async (t) => {
  for (const dateSystem of ['1900', '1904'] as const) {
    const { questionnaire, issues } = await survey([
      ['type', 'name', 'label', 'default', 'required'],
      ['date', 'day', 'Day', new Date('2026-03-29T00:00:00Z'), true],
      ['date', 'text_day', 'Day', '2026-03-29 00:00:00', 'نعم'],
      ['integer', 'n', 'N', 5, 'لا'],
      ['integer', 'arabic', 'N', '٤٢', 1]
    ], { dateSystem })
    t.strictSame(issues.filter(({ severity }) => severity === 'error'), [])
    t.match(questionnaire?.items, [
      { default: 'date("2026-03-29")', required: true },
      { default: 'date("2026-03-29")', required: true },
      { default: '5' },
      { default: '42', required: true }
    ], dateSystem)
  }
})

t.test('languages by their columns, with the cells that lack a text', async (t) => {
  const { questionnaire, issues } = await survey([
    ['type', 'name', 'label::English (en)', 'label::Arabic(ar)', 'hint'],
    ['text', 'a', 'Name', 'الاسم', null],
    ['text', 'b', 'City', null, 'where']
  ])
  t.strictSame(questionnaire?.languages, [
    { tag: 'en', name: 'English (en)' },
    { tag: 'ar', name: 'Arabic(ar)' },
    { tag: 'und', name: 'default' }
  ])
  t.match(questionnaire?.items[0]?.label, { en: 'Name', ar: 'الاسم' })
  const missing = issues.filter(({ code }) => code === 'text_missing').map(({ row, message }) => `${row} ${message}`)
  t.ok(missing.includes('3 b has no label in ar'), missing.join())
})

t.test('names that no expression can say are changed, and said so', async (t) => {
  const { questionnaire, issues } = await survey([
    ['type', 'name', 'label', 'relevant'],
    ['text', 'first-name', 'A', null],
    ['text', 'in', 'B', null],
    ['text', 'العمر', 'C', null],
    ['text', '__proto__', 'D', null],
    ['begin group', 'g', 'G', null],
    ['text', 'first_name', 'E', "${first-name} = 'x'"],
    ['end group', null, null, null]
  ])
  t.strictSame(issues.filter(({ severity }) => severity === 'error'), [])
  t.equal(issues.filter(({ code }) => code === 'renamed').length, 5)
  t.match(questionnaire?.items.at(-1), { items: [{ relevant: 'first_name == "x"' }] })
  t.doesNotThrow(() => compileQuestionnaire(questionnaire))
})

t.test('two columns that somebody wrote by hand', async (t) => {
  const { questionnaire, issues } = importCsv(
    'Question;Answer\nYour name *;text\nHow many?;number\nSince when?;date\nSize?;Small | Large\nWhat else?;whatever'
  )
  t.match(questionnaire?.items, [
    { kind: 'text', name: 'your_name', required: true, label: { und: 'Your name' } },
    { kind: 'integer' },
    { kind: 'date' },
    { kind: 'one_of' },
    { kind: 'text' }
  ])
  t.strictSame(issues.map(({ code, column, row }) => `${code} ${column}${row}`), [
    'choices_guessed B5',
    'kind_guessed B6'
  ])
  t.doesNotThrow(() => compileQuestionnaire(questionnaire))
  const arabic = importCsv('السؤال,النوع\nالاسم,نص\nاللون,"أحمر، أزرق"')
  t.match(arabic.questionnaire, { languages: [{ tag: 'ar' }], items: [{ kind: 'text' }, { kind: 'one_of' }] })
  t.doesNotThrow(() => compileQuestionnaire(arabic.questionnaire))
})

t.test('CSV in other hands', async (t) => {
  t.match(importCsv('sep=;\nquestion;answer\na,b;date').questionnaire?.items, [{ kind: 'date', label: { und: 'a,b' } }])
  t.throws(() => importCsv(''), { name: 'FileRefused', code: 'empty' })
  t.throws(() => importCsv('a,"b'), { name: 'FileRefused', code: 'csv_broken' })
})

t.test('what is more than a questionnaire may have is a fault, not cut off', async (t) => {
  const rows = (count: number, row: (index: number) => string[]) => Array.from({ length: count }, (_, at) => row(at))
  const survey = (count: number) => [['type', 'name', 'label'], ...rows(count, (at) => ['text', `q${at}`, 'Why?'])]
  const csv = (sheet: string[][]) => sheet.map((row) => row.join(',')).join('\n')
  const faultsOf = ({ questionnaire }: { questionnaire: unknown }) =>
    checkQuestionnaire(questionnaire).map(({ code, pointer }) => `${code} ${pointer}`)
  const tooMany = ['too_many /items/5000']
  t.strictSame(faultsOf(importCsv(csv(survey(5_000)))), [])
  t.strictSame(faultsOf(importCsv(csv(survey(5_001)))), tooMany)
  t.strictSame(
    faultsOf(importCsv(csv([['question', 'answer'], ...rows(5_001, (at) => [`${at} times?`, 'text'])]))),
    tooMany
  )
  const xlsx = await importXlsx(Buffer.from(await writeXlsx({ sheets: [{ name: 'survey', rows: survey(6_000) }] })))
  t.strictSame(faultsOf(xlsx), tooMany)
  t.match(xlsx.issues.filter(({ severity }) => severity === 'error'), [{ code: 'too_many' }])
  const withChoices = (count: number) =>
    csv([
      ['survey', '', '', ''],
      ['', 'type', 'name', 'label'],
      ['', 'select_one list', 'q', 'Which?'],
      ['choices', '', '', ''],
      ['', 'list_name', 'name', 'label'],
      ...rows(count, (at) => ['', 'list', `c${at}`, `C ${at}`])
    ])
  t.strictSame(faultsOf(importCsv(withChoices(2_000))), [])
  t.strictSame(faultsOf(importCsv(withChoices(2_001))), ['structure /lists/list'])
})

t.test('a FHIR question that lies too deep to be read is an issue', async (t) => {
  const nested = (level: number): object => ({
    linkId: `q${level}`,
    type: 'string',
    text: 'Why?',
    ...(level === 25 ? {} : { item: [nested(level + 1)] })
  })
  const { issues } = fromFhir({ resourceType: 'Questionnaire', status: 'active', item: [nested(0)] })
  t.strictSame(issues.map(({ code, linkId }) => `${code} ${linkId}`), ['too_deep q21'])
})

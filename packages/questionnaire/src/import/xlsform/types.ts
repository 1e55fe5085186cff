import type { Node, QuestionKind } from '../../format.ts'

/** What the `type` of a row says. */
export type RowType =
  | { is: 'begin', what: 'group' | 'repeat' }
  | { is: 'end', what: 'group' | 'repeat' }
  | { is: 'question', kind: QuestionKind, mediaTypes?: string[], note?: string }
  | { is: 'choice', kind: 'one_of' | 'many_of', list: string, other: boolean, note?: string }
  | { is: 'range' }
  | { is: 'left_out', why: string }
  | { is: 'unknown' }

const asText = 'is asked for as a text'
const metadata = 'is what a device knows by itself: there is no question'
const simple: Readonly<Record<string, RowType>> = {
  ...questions('text', 'text', 'string', 'phone number', 'get phone number', 'email', 'url'),
  ...questions('integer', 'integer', 'int', 'number of days in last month', 'number of days in last six months'),
  ...questions('decimal', 'decimal', 'percentage'),
  ...questions('date', 'date'),
  ...questions('time', 'time'),
  ...questions('date_time', 'datetime', 'date time'),
  ...questions('note', 'note'),
  ...questions('calculated', 'calculate'),
  ...questions('yes_no', 'acknowledge', 'trigger'),
  image: { is: 'question', kind: 'file', mediaTypes: ['image/*'] },
  photo: { is: 'question', kind: 'file', mediaTypes: ['image/*'] },
  audio: { is: 'question', kind: 'file', mediaTypes: ['audio/*'] },
  video: { is: 'question', kind: 'file', mediaTypes: ['video/*'] },
  file: { is: 'question', kind: 'file' },
  barcode: { is: 'question', kind: 'text', note: asText },
  geopoint: { is: 'question', kind: 'text', note: asText },
  geotrace: { is: 'question', kind: 'text', note: asText },
  geoshape: { is: 'question', kind: 'text', note: asText },
  location: { is: 'question', kind: 'text', note: asText },
  gps: { is: 'question', kind: 'text', note: asText },
  range: { is: 'range' },
  hidden: { is: 'left_out', why: 'is never shown: there is no question' },
  include: { is: 'left_out', why: 'names another file, which is not read' },
  'xml-external': { is: 'left_out', why: 'names another file, which is not read' },
  'csv-external': { is: 'left_out', why: 'names another file, which is not read' },
  ...left('start', 'end', 'today', 'deviceid', 'uri:deviceid', 'subscriberid', 'simserial', 'phonenumber', 'username'),
  ...left(
    'uri:email',
    'uri:username',
    'uri:phonenumber',
    'uri:simserial',
    'uri:subscriberid',
    'start-geopoint'
  ),
  ...left('audit', 'background-audio', 'background-geopoint', 'start time', 'end time', 'get today', 'imei')
}

const selects = new RegExp(
  '^(?:add )?(select_one|select1|select one|select_multiple|select all that apply|select multiple|rank)' +
    '(?: from| prompt using)?(?: prompt using)?\\s+(\\S+)(\\s+or[_ ]other|\\s+or specify other)?$',
  'i'
)

export function rowTypeOf (written: string): RowType {
  const type = written.trim().replace(/\s+/g, ' ')
  const plain = type.toLowerCase().replace(/^q /, '').replace(/^add (.*) prompt$/, '$1')
  const edge = /^(begin|end)[ _](group|repeat|loop|lgroup|table)\b/.exec(plain)
  if (edge !== null) {
    if (edge[2] === 'loop' || edge[2] === 'table') return { is: 'left_out', why: 'has no counterpart' }
    return { is: edge[1] === 'begin' ? 'begin' : 'end', what: edge[2] === 'group' ? 'group' : 'repeat' }
  }
  if (/^select[_ ](one|multiple)[_ ](external|from[_ ]file)/.test(plain)) {
    return { is: 'left_out', why: 'has its choices in another sheet or file, which is not read' }
  }
  if (/^osm\b/.test(plain)) return { is: 'left_out', why: 'is a map of another program' }
  const select = selects.exec(type.replace(/^q /i, ''))
  if (select !== null) {
    const [, how = '', list = '', other] = select
    const kind = /one|1/.test(how) ? 'one_of' : 'many_of'
    const ranked = how === 'rank' ? { note: 'is asked for as a choice of many, without their order' } : {}
    return { is: 'choice', kind, list, other: other !== undefined, ...ranked }
  }
  return Object.hasOwn(simple, plain) ? simple[plain] ?? { is: 'unknown' } : { is: 'unknown' }
}

function questions (
  kind: Exclude<Node['kind'], 'section' | 'group' | 'repeat'>,
  ...types: string[]
): Record<string, RowType> {
  return Object.fromEntries(types.map((type) => [type, { is: 'question', kind }]))
}

function left (...types: string[]): Record<string, RowType> {
  return Object.fromEntries(types.map((type) => [type, { is: 'left_out', why: metadata }]))
}

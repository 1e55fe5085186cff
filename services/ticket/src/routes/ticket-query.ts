import {
  ChannelSchema,
  Instant,
  nilUuid,
  OneLine,
  PlainText,
  PrioritySchema,
  SeveritySchema,
  stringEnum,
  TicketStatusSchema,
  TicketTypeSchema,
  Uuid,
  uuidText
} from '@dueline/contracts'
import { baseErrors, type Fault, instantOf, PageQuery, personIdOf, type Principal, problem } from '@dueline/http'
import { Type, type Static, type TSchema } from 'typebox'
import { authorize, ownOnly, personOf } from '../access.ts'
import { ExternalId } from '../domain/import-line.ts'
import { deadlineSorts } from '../store/due-list.ts'
import { ticketSorts, type TicketFilter } from '../store/ticket-list.ts'
import { Expand } from './expand.ts'
import { TeamId } from './schemas.ts'

/** Every order that a list of tickets can have. */
export const sorts = [...ticketSorts, ...deadlineSorts] as const

const anyOf = <T extends TSchema>(value: T, maxItems = 10) =>
  Type.Optional(
    Type.Array(value, { minItems: 1, maxItems, description: `Any of; repeat the parameter, at most ${maxItems}` })
  )
/** Most people, products or teams in one filter. */
const namedMax = 50

/** What narrows tickets down. */
export const Filters = Type.Object({
  status: anyOf(TicketStatusSchema),
  priority: anyOf(PrioritySchema),
  severity: anyOf(SeveritySchema),
  type: anyOf(TicketTypeSchema),
  productId: anyOf(Uuid, namedMax),
  moduleId: Type.Optional(Uuid),
  questionId: Type.Optional(Uuid),
  channel: anyOf(ChannelSchema),
  tag: anyOf(OneLine(100, 'a tag')),
  customerId: anyOf(
    Type.String({
      pattern: `^(me|${uuidText})$`,
      description: 'the lower-case UUID of a person, or `me` for the caller'
    }),
    namedMax
  ),
  assigneeId: anyOf(
    Type.String({
      pattern: `^(me|none|${uuidText})$`,
      description: 'the lower-case UUID of a person, `me` for the caller, or `none` for tickets without an assignee'
    }),
    namedMax
  ),
  assigneeActive: Type.Optional(
    Type.Boolean({
      description:
        'true: the assignee is active; false: the assignee is not active; tickets without an assignee match neither'
    })
  ),
  teamId: anyOf(TeamId, namedMax),
  number: Type.Optional(PlainText(64)),
  externalId: Type.Optional(ExternalId),
  q: Type.Optional(
    PlainText(
      200,
      'words that one text of the ticket has: its number, subject and description together, or one of its messages ' +
        '(internal ones for staff only). As in a web search: "in this order", `or`, and `-word` for what none of its ' +
        'texts may have. What has signs in it, as PRINTER-42 or ann@example.com, is found whole and by its parts'
    )
  ),
  createdAfter: Type.Optional(Instant),
  createdBefore: Type.Optional(Instant),
  updatedAfter: Type.Optional(Instant),
  dueAfter: Type.Optional(Instant),
  dueBefore: Type.Optional(Instant),
  breached: Type.Optional(Type.Boolean({ description: 'true: a target was missed; false: none was' }))
})
export type Filters = Static<typeof Filters>

/** What a list of tickets takes. */
export const Query = Type.Object({
  ...Filters.properties,
  ids: Type.Optional(
    Type.Array(Uuid, { minItems: 1, maxItems: 200, description: 'These tickets; repeat the parameter, at most 200' })
  ),
  sort: stringEnum(sorts, { default: '-createdAt' }),
  expand: Expand,
  ...PageQuery.properties
})
export type Query = Static<typeof Query>

const staffFilters = ['assigneeId', 'assigneeActive', 'teamId', 'tag'] as const
const instants = ['createdAfter', 'createdBefore', 'updatedAfter', 'dueAfter', 'dueBefore'] as const

/** What tickets are narrowed to for this caller. @throws Problem 400 with what excludes each other, or is not for it */
export function filterOf (query: Filters, principal: Principal): TicketFilter {
  const { assigneeId, customerId: asked, ...rest } = query
  const filter = Object.fromEntries(
    Object.entries(rest).filter(([name]) => !(instants as readonly string[]).includes(name))
  )
  const own = ownOnly(principal)
  if (own !== null) {
    const faults = staffFilters
      .filter((field) => query[field] !== undefined)
      .map((field) => ({ in: 'query' as const, pointer: `/${field}`, message: 'is for staff' }))
    if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
  }
  const times = Object.fromEntries(instants.flatMap((name) => Object.entries(instantFilter(name, query[name]))))
  refuseExclusions(query, times)
  const customers = customersOf(asked?.map((text) => text === 'me' ? ownId(principal) : text), own)
  return {
    ...filter,
    ...times,
    internals: authorize(principal, 'seeInternals'),
    ...(assigneeId === undefined ? {} : { assigneeId: assigneeId.map((text) => assigneeOf(text, principal)) }),
    ...(customers === undefined ? {} : { customerId: customers })
  }
}

/** A customer (`own`) that asks for others' tickets only asks for none. */
function customersOf (asked: string[] | undefined, own: string | null): string[] | undefined {
  if (own === null) return asked
  return [asked === undefined || asked.includes(own) ? own : nilUuid]
}

/** Together they could match nothing, whatever the tenant holds. */
function refuseExclusions ({ assigneeId, assigneeActive }: Filters, times: TicketFilter): void {
  const faults: Fault[] = []
  const ranges = [['createdAfter', 'createdBefore'], ['dueAfter', 'dueBefore']] as const
  for (const [from, to] of ranges) {
    if ((times[from] ?? -Infinity) >= (times[to] ?? Infinity)) {
      faults.push({ in: 'query', pointer: `/${from}`, message: `must lie before ${to}` })
    }
  }
  if (assigneeId?.every((text) => text === 'none') === true && assigneeActive !== undefined) {
    const message = 'excludes assigneeId=none, which has no assignee who could be active: send one of them'
    faults.push({ in: 'query', pointer: '/assigneeActive', message })
  }
  if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
}

function assigneeOf (text: string, principal: Principal): string | null {
  if (text === 'none') return null
  return text === 'me' ? ownId(principal) : text
}

function instantFilter (name: typeof instants[number], text: string | undefined): TicketFilter {
  if (text === undefined) return {}
  return { [name]: instantOf(text, `/${name}`, 'query') }
}

/** Whom `me` means; nobody for a machine. @throws Problem 403 for an API key, which is sure to mean somebody else */
function ownId (principal: Principal): string {
  personIdOf(principal)
  return personOf(principal) ?? nilUuid
}

import {
  MessageKindSchema,
  nullable,
  OneLine,
  PlainText,
  PrioritySchema,
  SeveritySchema,
  stringEnum,
  TicketStatusSchema,
  TicketTypeSchema
} from '@dueline/contracts'
import { Type, type Static, type TProperties } from 'typebox'
import { JsonObject } from './texts.ts'
import { Timestamp } from './timestamps.ts'

/** The key under which another system knows something. */
export const ExternalId = OneLine(200, 'the id in the other system')

const closed = { additionalProperties: false }
const PersonRef = Type.Object({ externalId: ExternalId, name: Type.Optional(OneLine(200)) }, {
  ...closed,
  title: 'PersonReference',
  description: 'A person by the id in the other system'
})
const reason = Type.Optional(nullable(PlainText(1_000)))

function factOf<Kind extends string, Fields extends TProperties> (kind: Kind, title: string, fields: Fields) {
  return Type.Object(
    { at: Timestamp, externalId: Type.Optional(ExternalId), kind: Type.Literal(kind), ...fields },
    { ...closed, title, description: `Something that happened to the ticket: ${kind.replace('_', ' ')}` }
  )
}

/** What can have happened to a ticket, by its kind. */
export const factSchemas = {
  status_changed: factOf('status_changed', 'ImportedStatus', { to: TicketStatusSchema, reason }),
  priority_changed: factOf('priority_changed', 'ImportedPriority', { to: PrioritySchema }),
  severity_changed: factOf('severity_changed', 'ImportedSeverity', { to: SeveritySchema }),
  // says the whole assignment: what it leaves out is nobody
  assigned: factOf('assigned', 'ImportedAssignment', {
    assignee: Type.Optional(nullable(PersonRef)),
    team: Type.Optional(nullable(OneLine(200))),
    reason
  }),
  message: factOf('message', 'ImportedMessage', {
    messageKind: MessageKindSchema,
    by: stringEnum(['customer', 'agent']),
    body: Type.Optional(PlainText(65_536))
  })
}

const ImportedFact = Type.Union(Object.values(factSchemas), {
  title: 'ImportedFact',
  description: 'Something that happened to the ticket; `kind` says what'
})
/** One dated fact of an imported history. */
export type ImportedFact = {
  [Kind in keyof typeof factSchemas]: Static<(typeof factSchemas)[Kind]>
}[keyof typeof factSchemas]
export type PersonRef = Static<typeof PersonRef>

/** Most facts of one line. */
export const factsMax = 10_000

/** The fields of a line beside its facts. */
export const lineFields = {
  externalId: ExternalId,
  subject: OneLine(300),
  description: Type.Optional(PlainText(65_536)),
  type: Type.Optional(TicketTypeSchema),
  priority: PrioritySchema,
  severity: Type.Optional(SeveritySchema),
  customer: PersonRef,
  product: Type.Optional(OneLine(300, 'stored in custom.product')),
  module: Type.Optional(OneLine(300, 'stored in custom.module')),
  createdAt: Timestamp,
  custom: Type.Optional(JsonObject)
}

/**
 * One line of a ticket import: a ticket with everything that happened to it, or with what is new of one that is known.
 */
export const ImportLine = Type.Object(
  { ...lineFields, facts: Type.Array(ImportedFact, { maxItems: factsMax }) },
  { ...closed, title: 'ImportLine', description: 'A ticket with its history, or with what is new of a known one' }
)
export type ImportLine = Omit<Static<typeof ImportLine>, 'facts'> & { facts: ImportedFact[] }

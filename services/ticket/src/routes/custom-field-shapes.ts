import { formatInstant } from '@dueline/business-time'
import { Instant, stringEnum, Uuid } from '@dueline/contracts'
import { baseErrors, problem } from '@dueline/http'
import { Type, type Static } from 'typebox'
import { customerRights, editorRoles, ValueSchema, valueSchemaFault } from '../domain/custom-fields.ts'
import type { StoredCustomField } from '../store/custom-field-store.ts'

const name = Type.String({
  pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,99}$',
  description: 'Its name in `custom`: a letter, then letters, digits, underscores, dots and hyphens, at most 100'
})

const label = Type.String({ minLength: 1, maxLength: 200 })

const fields = {
  labels: Type.Partial(Type.Object({ en: label, ar: label }), {
    additionalProperties: false,
    title: 'CustomFieldLabels',
    description: 'Names for people, by language'
  }),
  valueSchema: ValueSchema,
  customers: stringEnum(customerRights, {
    description:
      'What customers may do with it in their own tickets. hidden: they never see it; see: they see it, whoever has ' +
      'set it; write: they can also set it when they open a ticket'
  }),
  editors: Type.Array(stringEnum(editorRoles), {
    uniqueItems: true,
    description: 'Who else may set and remove it; all of the staff see it'
  })
}

/** Body of a new custom field. */
export const NewCustomField = Type.Object({
  ...Type.Partial(Type.Object(fields)).properties,
  name,
  valueSchema: fields.valueSchema
}, { additionalProperties: false, title: 'NewCustomField', description: 'A field to be described' })

/** Body of a change. */
export const CustomFieldPatch = Type.Partial(Type.Object(fields), {
  additionalProperties: false,
  minProperties: 1,
  title: 'CustomFieldPatch',
  description: 'What is to change of what is said of a field'
})

/** What is said of a field, on the wire. */
export const CustomFieldSchema = Type.Object({
  id: Uuid,
  name,
  ...fields,
  version: Type.Integer({ minimum: 1 }),
  createdAt: Instant,
  updatedAt: Instant
}, { title: 'CustomField', description: 'What holds for a field of `custom`' })

/** A field of which nothing is said but what must be: staff sees and writes it. */
export function customFieldDraft (
  sent: Static<typeof NewCustomField>,
  { id, now }: { id: string, now: number }
): StoredCustomField {
  const draft = { labels: {}, customers: 'hidden' as const, editors: [...editorRoles], ...sent }
  return { ...draft, id, version: 1, createdAt: now, updatedAt: now }
}

/** The wire form: instants as texts. */
export function customFieldView (field: StoredCustomField): Static<typeof CustomFieldSchema> {
  const { createdAt, updatedAt, editors } = field
  return {
    ...field,
    editors: editors as Static<typeof CustomFieldSchema>['editors'],
    createdAt: formatInstant(createdAt),
    updatedAt: formatInstant(updatedAt)
  }
}

/** @throws Problem 400 when no value could be right */
export function checkCustomField ({ valueSchema }: StoredCustomField): void {
  const fault = valueSchemaFault(valueSchema)
  if (fault !== null) {
    problem(baseErrors.validation_failed, { faults: [{ ...fault, pointer: `/valueSchema${fault.pointer}` }] })
  }
}

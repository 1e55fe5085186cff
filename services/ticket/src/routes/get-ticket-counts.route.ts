import { nullable, stringEnum } from '@dueline/contracts'
import { baseErrors, problem, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access, ownOnly } from '../access.ts'
import { countedFields, countedMax, countTickets, type CountedField } from '../store/ticket-counts.ts'
import type { RouteDeps } from './route-deps.ts'
import { Filters, filterOf } from './ticket-query.ts'

/** Most values of a field in an answer. */
const valuesMax = 200

const Counts = Type.Object({
  total: Type.Integer({ minimum: 0, maximum: countedMax, description: 'How many tickets were counted' }),
  capped: Type.Boolean({
    description: `Whether ${countedMax} were counted and there may be more: then each count is a lower bound`
  }),
  by: Type.Array(
    Type.Object({
      field: stringEnum(countedFields),
      values: Type.Array(
        Type.Object({
          value: nullable(Type.String({
            description: 'As the list of tickets takes it; null: none has one. `assigneeId` has `none` for nobody'
          })),
          count: Type.Integer({ minimum: 1 })
        }, { title: 'ValueCount', description: 'How many tickets have a value' }),
        { maxItems: valuesMax, description: 'The most frequent first; values that no ticket has are left out' }
      ),
      others: Type.Integer({ minimum: 0, description: `Tickets with a value beyond the first ${valuesMax}` })
    }, { title: 'FieldCounts', description: 'How many tickets have each value of a field' }),
    { description: 'In the order of the request' }
  )
}, { title: 'TicketCounts', description: 'How many tickets there are' })

const staffFields: readonly CountedField[] = ['assigneeId', 'teamId']

/** GET /v1/ticket-counts */
export function getTicketCounts (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/ticket-counts',
    config: { roles: access.countTickets },
    schema: {
      operationId: 'countTickets',
      summary: 'Count tickets',
      description:
        'How many tickets `listTickets` would list with the same filters, and how many of them have each value of ' +
        `each field in \`by\`. At most ${countedMax} tickets are counted, the newest: \`capped\` says that there may ` +
        'be more. Customers count their own tickets only.',
      tags: ['tickets'],
      querystring: Type.Object({
        ...Filters.properties,
        by: Type.Optional(
          Type.Array(stringEnum(countedFields), {
            minItems: 1,
            maxItems: countedFields.length,
            uniqueItems: true,
            description: 'Fields whose values are counted; repeat the parameter'
          })
        )
      }),
      response: { 200: Counts }
    },
    handler: async ({ principal, query: { by = [], ...filters } }) => {
      const filter = filterOf(filters, principal)
      if (ownOnly(principal) !== null) refuseFieldsOfStaff(by)
      const { tenantId } = principal
      const counts = await countTickets(database.forTenant(tenantId).read, tenantId, filter, by)
      return {
        total: counts.total,
        capped: counts.total === countedMax,
        by: counts.by.map(({ field, values }) => ({
          field,
          values: values.slice(0, valuesMax).map(({ value, count }) => ({
            value: field === 'assigneeId' ? value ?? 'none' : value,
            count
          })),
          others: values.slice(valuesMax).reduce((sum, { count }) => sum + count, 0)
        }))
      }
    }
  })
}

function refuseFieldsOfStaff (by: readonly CountedField[]): void {
  const faults = by.flatMap((field, i) =>
    staffFields.includes(field) ? [{ in: 'query' as const, pointer: `/by/${i}`, message: 'is for staff' }] : []
  )
  if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
}

import { Uuid } from '@dueline/contracts'
import { defineErrors } from '@dueline/http'
import { Type } from 'typebox'

/** The problem codes that only this service answers. */
export const errors = defineErrors({
  catalogue_name_taken: {
    status: 409,
    title: 'This name exists already',
    description:
      'Names are unique among products, among the modules of a product, and among the questions of a module; ' +
      'case does not count.'
  },
  calendar_name_taken: {
    status: 409,
    title: 'A calendar with this name exists already',
    description:
      'Names of calendars are unique per tenant; case does not count. Publish a new version of the calendar instead.'
  },
  sla_row_overlaps: {
    status: 409,
    title: 'Another active row covers the same',
    description: 'The tenant forbids two active rows of the same kind, keys and condition whose validity overlaps. ' +
      '`rowIds` names them.',
    members: { rowIds: Type.Array(Uuid) }
  }
})

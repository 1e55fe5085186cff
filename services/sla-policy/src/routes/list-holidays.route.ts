import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { holidayDays } from '../domain/holiday-days.ts'
import { HolidayQuery, publicHolidays, source } from './holidays.ts'

const date = Type.String({ format: 'date', examples: ['2027-03-10'] })
const time = Type.String({ examples: ['18:00'] })
const Holiday = Type.Object({
  name: Type.String({ examples: ['Eid al-Fitr'] }),
  expected: Type.Boolean({
    description: 'it follows the moon: an announcement may move it by a day or two. Publish a new version then'
  }),
  dates: Type.Array(date, { description: 'closed from midnight to midnight; they go into `holidays` of a calendar' }),
  parts: Type.Array(
    Type.Object({ date, from: time, to: time }, {
      title: 'HolidayPart',
      description: 'A part of a date that a holiday closes; `to` is exclusive'
    }),
    { description: 'they go into `breaks` of a calendar' }
  )
}, { title: 'Holiday', description: 'A public holiday, and what it closes' })

/** GET /v1/holidays: the public holidays of a country or region in a year, to be looked at before they are taken. */
export function listHolidays (app: App): void {
  app.route({
    method: 'GET',
    url: '/v1/holidays',
    config: { roles: access.listHolidays },
    schema: {
      operationId: 'listHolidays',
      summary: 'List public holidays',
      description: 'Suggests what a calendar may take for holidays; nothing is stored. Dates are local ones of the ' +
        'country. Days off that are moved by decree are not all known: look at the list before you publish it.',
      tags: ['calendars'],
      querystring: HolidayQuery,
      response: {
        200: Type.Object({
          source: Type.String({ description: 'whose data they are, under which licence' }),
          items: Type.Array(Holiday)
        }, { title: 'Holidays', description: 'From the first of the year to the last' })
      }
    },
    handler: async (request) => ({ source, items: (await publicHolidays(request.query)).map(holidayDays) })
  })
}

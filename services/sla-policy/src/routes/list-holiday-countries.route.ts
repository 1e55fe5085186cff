import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { countries, Language, source } from './holidays.ts'

const place = { code: Type.String({ examples: ['DE'] }), name: Type.String({ examples: ['Germany'] }) }

const HolidayRegion = Type.Object(place, {
  title: 'HolidayRegion',
  description: 'A region that has holidays of its own'
})

/** GET /v1/holiday-countries: the countries, and their regions, of which there are holidays. */
export function listHolidayCountries (app: App): void {
  app.route({
    method: 'GET',
    url: '/v1/holiday-countries',
    config: { roles: access.listHolidayCountries },
    schema: {
      operationId: 'listHolidayCountries',
      summary: 'List the countries whose holidays are known',
      description: 'The holidays of others, such as Kuwait, Qatar, Oman and Jordan, have to be entered by hand.',
      tags: ['calendars'],
      querystring: Type.Object({ language: Language }),
      response: {
        200: Type.Object({
          source: Type.String({ description: 'whose data they are, under which licence' }),
          items: Type.Array(
            Type.Object({ ...place, regions: Type.Array(HolidayRegion) }, {
              title: 'HolidayCountry',
              description: 'A country, and its regions that have holidays of their own'
            })
          )
        }, { title: 'HolidayCountries', description: 'Every country of which there are holidays' })
      }
    },
    handler: async (request) => ({ source, items: await countries(request.query.language ?? 'en') })
  })
}

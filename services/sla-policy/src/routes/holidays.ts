import type { default as Holidays, HolidaysTypes } from 'date-holidays'
import { Type } from 'typebox'
import { refuseFaults } from './route-deps.ts'

/** The last year of which the library knows Islamic holidays; of later ones it tells none, without a word. */
export const lastYear = 2076

/** Where what is answered comes from; its licence asks for the name. */
export const source = 'date-holidays (holiday data: CC BY 3.0, https://github.com/commenthol/date-holidays)'

/** The language of names. */
export const Language = Type.Optional(
  Type.String({
    pattern: '^[a-z]{2,3}$',
    default: 'en',
    description: 'language of the names; where it has none, that of the country',
    examples: ['ar']
  })
)

/** What is right as a country; faults say it too. */
const countryForm = 'two capital letters, a country of GET /v1/holiday-countries'

export const HolidayQuery = Type.Object({
  country: Type.String({
    pattern: '^[A-Z]{2}$',
    description: countryForm,
    examples: ['SA']
  }),
  region: Type.Optional(
    Type.String({ minLength: 1, maxLength: 10, description: 'a region of the country', examples: ['BY'] })
  ),
  year: Type.Integer({ minimum: 1970, maximum: lastYear, examples: [2027] }),
  language: Language
})

/** 34 MB once it is loaded, and few ask: it is loaded with the first question. */
async function library (): Promise<typeof Holidays> {
  return (await import('date-holidays')).default
}

/** A part of a country that has holidays of its own. */
export interface Region {
  readonly code: string
  readonly name: string
}

/** Every country of which there are holidays, and its regions, by their codes. */
export async function countries (language: string): Promise<Array<{ code: string, name: string, regions: Region[] }>> {
  const holidays = new (await library())()
  return Object.entries(holidays.getCountries(language)).map(([code, name]) => ({
    code,
    name,
    regions: Object.entries((holidays.getStates(code, language) ?? {}) as Record<string, string>)
      .map(([code, name]) => ({ code, name }))
  }))
}

/**
 * The public holidays of a year. A country or a region that the library does not know is refused: it would answer as
 * if there were no holidays.
 */
export async function publicHolidays (
  { country, region, year, language = 'en' }: { country: string, region?: string, year: number, language?: string }
): Promise<HolidaysTypes.Holiday[]> {
  const Library = await library()
  const known = new Library()
  if (!(country in known.getCountries())) {
    refuseQuery('/country', `must be ${countryForm}`)
  }
  const regions = Object.keys((known.getStates(country) ?? {}) as object)
  if (region !== undefined && !regions.includes(region)) {
    refuseQuery('/region', regions.length === 0 ? `${country} has no regions` : `must be one of ${regions.join(', ')}`)
  }
  const holidays = region === undefined ? new Library(country) : new Library(country, region)
  return holidays.getHolidays(year, language).filter(({ type }) => type === 'public')
}

function refuseQuery (pointer: string, message: string): void {
  refuseFaults([{ in: 'query', pointer, message }])
}

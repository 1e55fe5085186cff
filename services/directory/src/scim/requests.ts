import type { AnyRequest } from '@dueline/http'
import { isObject } from '../domain/scim/attributes.ts'
import { refused, ScimError } from '../domain/scim/scim-error.ts'
import { namesOf } from '../domain/scim/views.ts'
import { pageMax, type ListQuery } from './list-resources.ts'
import type { Asked } from './operations.ts'

const countDefault = 100

/** A parameter of a query, or a member of a search, in whatever case its name is. */
function given (from: unknown, name: string): unknown {
  if (!isObject(from)) return undefined
  return Object.entries(from).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? undefined
}

function textOf (from: unknown, name: string): string | undefined {
  const value = given(from, name)
  if (value === undefined || value === '') return undefined
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(',')
  return typeof value === 'string' ? value : refused('invalidValue', `${name} must be a text`)
}

/** Less than `least` counts as that (RFC 7644, 3.4.2.4). */
function numberOf (from: unknown, name: string, { least, none }: { least: number, none: number }): number {
  const value = given(from, name)
  if (value === undefined || value === '') return none
  const number = Number(value)
  if (!Number.isInteger(number)) return refused('invalidValue', `${name} must be a whole number`)
  return Math.max(least, Math.min(number, 1_000_000_000))
}

function shownOf (from: unknown) {
  return {
    attributes: namesOf(textOf(from, 'attributes')),
    excludedAttributes: namesOf(textOf(from, 'excludedAttributes'))
  }
}

/** What a list is asked for. @throws ScimError invalidValue */
export function listQueryOf (from: unknown): ListQuery {
  return {
    ...shownOf(from),
    filter: textOf(from, 'filter'),
    sortBy: textOf(from, 'sortBy'),
    descending: textOf(from, 'sortOrder')?.toLowerCase() === 'descending',
    startIndex: numberOf(from, 'startIndex', { least: 1, none: 1 }),
    count: Math.min(pageMax, numberOf(from, 'count', { least: 0, none: countDefault }))
  }
}

/** What is asked of one resource. */
export function askedBy (request: AnyRequest): Asked {
  const { id } = request.params as { id?: string }
  const ifMatch = request.headers['if-match']
  return { body: request.body, ifMatch, shown: shownOf(request.query), ...(id === undefined ? {} : { id }) }
}

/** @throws ScimError 403 for a filter on what says what there is (RFC 7644, 4) */
export function readsNothing (request: AnyRequest): void {
  if (given(request.query, 'filter') !== undefined) throw new ScimError(403, undefined, 'a filter is not taken here')
}

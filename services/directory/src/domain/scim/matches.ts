import { valuesAt, type Attribute, type Resource } from './attributes.ts'
import type { Filter, Literal, Operator } from './filter.ts'

function isWithin (order: number, operator: Operator): boolean {
  return operator === 'gt' ? order > 0 : operator === 'ge' ? order >= 0 : operator === 'lt' ? order < 0 : order <= 0
}

function compareTexts (value: string, operator: Operator, given: string): boolean {
  switch (operator) {
    case 'eq':
      return value === given
    case 'ne':
      return value !== given
    case 'co':
      return value.includes(given)
    case 'sw':
      return value.startsWith(given)
    case 'ew':
      return value.endsWith(given)
    default:
      return isWithin(value < given ? -1 : value > given ? 1 : 0, operator)
  }
}

function fits (attribute: Attribute, value: unknown, operator: Operator, given: Literal): boolean {
  if (attribute.type === 'boolean') return operator === 'eq' ? value === given : value !== given
  if (attribute.type === 'dateTime' && !['co', 'sw', 'ew'].includes(operator)) {
    const order = Date.parse(String(value)) - Date.parse(String(given))
    return operator === 'eq' ? order === 0 : operator === 'ne' ? order !== 0 : isWithin(order, operator)
  }
  const [own, other] = [String(value), String(given)]
  return attribute.caseExact
    ? compareTexts(own, operator, other)
    : compareTexts(own.toLowerCase(), operator, other.toLowerCase())
}

function isEmpty (value: unknown): boolean {
  if (value === '') return true
  return typeof value === 'object' && value !== null && Object.values(value).every((each) => each == null)
}

/** Whether a resource, or a value with parts, fits a filter. What is not there fits `ne`, and nothing else. */
export function matches (filter: Filter, resource: Resource): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matches(part, resource))
    case 'or':
      return filter.parts.some((part) => matches(part, resource))
    case 'not':
      return !matches(filter.part, resource)
    case 'present':
      return valuesAt(resource, filter.path).some((value) => !isEmpty(value))
    case 'within':
      return valuesAt(resource, filter.path).some((value) => matches(filter.part, value as Resource))
    case 'compare': {
      const { path, operator, value } = filter
      const values = valuesAt(resource, path)
      if (value === null) return operator === 'eq' ? values.length === 0 : values.length > 0
      if (values.length === 0) return operator === 'ne'
      return values.some((each) => fits(path.sub ?? path.attribute, each, operator, value))
    }
  }
}

/** The conditions that a filter makes of every resource that fits it, one by one. */
export function conditionsOf (filter: Filter): readonly Filter[] {
  return filter.kind === 'and' ? filter.parts.flatMap(conditionsOf) : [filter]
}

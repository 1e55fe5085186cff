import type { Micros } from '@dueline/business-time'
import { durationOf, NamedText, nullable, Uuid } from '@dueline/contracts'
import { baseErrors, problem } from '@dueline/http'
import { Type } from 'typebox'

export const Reason = NamedText(500, 'the reason, 1 to 500 characters that are not all blank; it stays in the record')
export const ApproverId = Type.Optional(nullable(Uuid))

/** A duration of a body in microseconds, more than nothing. @throws {Problem} 400 with its pointer */
export function positiveDuration (text: string, pointer: string, max: Micros = Number.MAX_SAFE_INTEGER / 8): Micros {
  const duration = durationOf(text)
  if (duration <= 0 || duration > max) {
    problem(baseErrors.validation_failed, {
      faults: [{ pointer, message: 'must be longer than nothing, and not too long' }]
    })
  }
  return duration
}

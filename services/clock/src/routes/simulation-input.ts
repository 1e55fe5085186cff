import { CalendarError, compileCalendar, parseDuration, type CalendarSpec, type Micros } from '@dueline/business-time'
import {
  durationFaults,
  reminderFaults,
  targetFaults,
  termsDurationMax,
  type AgreementKind,
  existingInstant,
  instantFault
} from '@dueline/contracts'
import { baseErrors, problem, type Fault } from '@dueline/http'
import type { AgreementVersion, Terms } from '../domain/agreements.ts'
import { firstCommandSequence, type StoredFact } from '../domain/facts.ts'
import { alwaysOpen, type CalendarLookup, type OpenTime } from '../domain/open-time.ts'
import { termsOf } from '../domain/reading.ts'
import { agreementsMax, calendarBytesMax, type SimulatedFact, type SimulationBody } from './simulation-body.ts'

/** What a simulation folds. */
export interface Simulation {
  readonly facts: readonly StoredFact[]
  readonly agreementVersions: readonly AgreementVersion[]
  readonly calendars: CalendarLookup
  /** The calendars that take a while to look far into. */
  readonly largeCalendars: readonly OpenTime[]
  readonly asOf: Micros
}

type AgreementFact = Extract<SimulatedFact, { kind: 'agreement' | 'withdrawal' }>
type OtherFact = Exclude<SimulatedFact, AgreementFact>
type AgreementBody = SimulationBody['agreement']
type SimulatedAgreement = Pick<AgreementVersion, 'kind' | 'madeAt' | 'effect' | 'terms'>

/** Reads a simulation. @throws {Problem} 400 with every fault that the schema cannot see, the first hundred */
export function readSimulation (body: SimulationBody, idOf: () => string): Simulation {
  const reading = new Reading(idOf)
  const asOf = reading.instant(body.asOf, '/asOf')
  reading.first(body.agreement)
  body.facts.forEach((fact, index) => {
    if (fact.kind === 'agreement' || fact.kind === 'withdrawal') reading.agreementVersion(fact, `/facts/${index}`)
    else reading.fact(fact, index)
  })
  return reading.result(asOf)
}

/** From this size as JSON on a calendar is large. */
const largeBytes = 2_000

class Reading {
  readonly #idOf: () => string
  readonly #faults: Fault[] = []
  readonly #facts: StoredFact[] = []
  readonly #agreementVersions: SimulatedAgreement[] = []
  readonly #calendars = new Map<string, OpenTime>()
  readonly #large: OpenTime[] = []
  #calendarBytes = 0
  #firstCalendar: string | null = null
  #extended = 0

  constructor (idOf: () => string) {
    this.#idOf = idOf
  }

  instant (text: string, pointer: string): Micros {
    const instant = existingInstant(text)
    if (instant === null) this.#fault(pointer, instantFault)
    return instant ?? 0
  }

  /** The agreements that hold from the beginning. */
  first (agreement: AgreementBody): void {
    this.#firstCalendar = this.#calendar(agreement.calendar ?? null, '/agreement/calendar')
    this.#add(agreement.kind, 0, 'retroactive', this.#terms(agreement, this.#firstCalendar, '/agreement'))
  }

  agreementVersion (fact: AgreementFact, pointer: string): void {
    const madeAt = this.instant(fact.at, `${pointer}/at`)
    if (this.#agreementVersions.length > agreementsMax) {
      return this.#fault(pointer, `must be one of at most ${agreementsMax} agreements and withdrawals`)
    }
    if (fact.kind === 'withdrawal') return this.#add(fact.agreementKind, madeAt, 'from_now', null)
    const { agreement, effect = 'retroactive' } = fact
    const calendar = agreement.calendar === undefined
      ? this.#firstCalendar
      : this.#calendar(agreement.calendar, `${pointer}/agreement/calendar`)
    if (effect === 'new_tickets') {
      this.#fault(`${pointer}/effect`, 'must be from_now or retroactive: this is no new ticket')
    }
    this.#add(agreement.kind, madeAt, effect, this.#terms(agreement, calendar, `${pointer}/agreement`))
  }

  fact (fact: OtherFact, index: number): void {
    const when = this.instant(fact.at, `/facts/${index}/at`)
    const add = (kind: string, data: object, sequence: number): void => {
      this.#facts.push({ id: this.#idOf(), at: when, sequence, kind, data })
    }
    const command = (
      kind: string,
      data: object,
      { metric, cycle = 1, agreementKind = 'sla' }: Extract<OtherFact, { metric: unknown }>
    ): void => {
      add(
        kind,
        { clock: { kind: agreementKind, metric, cycle }, reason: '', personId: '', ...data },
        firstCommandSequence + index
      )
    }
    switch (fact.kind) {
      case 'created': {
        const { status = 'new', assigneeId = null, teamId = null } = fact
        return add('created', { status, assigneeId, teamId }, index + 1)
      }
      case 'message':
        return add('message', { visibility: fact.visibility, author: fact.author }, index + 1)
      case 'status':
        return add('status', { to: fact.to }, index + 1)
      case 'assigned':
        return add('assigned', { assigneeId: fact.assigneeId, teamId: fact.teamId }, index + 1)
      case 'pause':
        return command('clock_paused', { until: this.#end(fact.until, when, `/facts/${index}/until`) }, fact)
      case 'resume':
        return command('clock_resumed', {}, fact)
      case 'extend':
        return command('clock_extended', { by: this.#extension(fact.by, `/facts/${index}/by`), approverId: null }, fact)
      case 'waive':
        return command('clock_waived', { approverId: null }, fact)
    }
  }

  result (asOf: Micros): Simulation {
    if (!this.#facts.some(({ kind }) => kind === 'created')) {
      this.#fault('/facts', 'must be the creation of the ticket')
    }
    if (this.#faults.length > 0) problem(baseErrors.validation_failed, { faults: this.#faults })
    return {
      facts: this.#facts,
      agreementVersions: inVersions(this.#agreementVersions),
      calendars: ({ id }) => id === null ? alwaysOpen : this.#calendars.get(id),
      largeCalendars: this.#large,
      asOf
    }
  }

  #add (kind: AgreementKind = 'sla', madeAt: Micros, effect: AgreementVersion['effect'], terms: Terms | null): void {
    this.#agreementVersions.push({ kind, madeAt, effect, terms })
  }

  #fault (pointer: string, message: string): void {
    if (this.#faults.length < 100) this.#faults.push({ pointer, message })
  }

  #terms (agreement: AgreementBody, calendarId: string | null, pointer: string): Terms | null {
    const { targets, pauseRules = {}, reminders = [], reopen = 'continue', nextResponse = 'after_first' } = agreement
    const faults = [
      ...targetFaults(targets, `${pointer}/targets`),
      ...reminderFaults(reminders, `${pointer}/reminders`)
    ]
    for (const { pointer, message } of faults) this.#fault(pointer, message)
    if (faults.length > 0) return null
    const calendarVersion = calendarId === null ? 0 : 1
    return termsOf({
      id: numbered(this.#agreementVersions.length),
      policyVersion: 0,
      calendarId,
      calendarVersion,
      targets,
      pauseRules,
      reminders,
      reopen,
      nextResponse,
      escalationPolicyId: null
    })
  }

  /** The id that a calendar is found by; null: open all the time. */
  #calendar (spec: object | null, pointer: string): string | null {
    if (spec === null) return null
    const id = numbered(this.#agreementVersions.length)
    try {
      const bytes = Buffer.byteLength(JSON.stringify(spec))
      this.#calendarBytes += bytes
      if (this.#calendarBytes > calendarBytesMax) {
        this.#fault(pointer, `all calendars of a simulation must be at most ${calendarBytesMax} bytes as JSON`)
      } else {
        const calendar = compileCalendar(spec as CalendarSpec)
        this.#calendars.set(id, calendar)
        if (bytes > largeBytes) this.#large.push(calendar)
      }
    } catch (error) {
      if (error instanceof CalendarError) {
        for (const { path, message } of error.faults) this.#fault(`${pointer}${path}`, message)
      } // too deep to be written, let alone compiled
      else if (error instanceof RangeError) this.#fault(pointer, 'is nested too deeply')
      else throw error
    }
    return id
  }

  #end (text: string, from: Micros, pointer: string): Micros {
    const until = this.instant(text, pointer)
    if (until <= from) this.#fault(pointer, 'must be after `at`')
    return until
  }

  #extension (text: string, pointer: string): Micros {
    const faults = durationFaults(text, pointer)
    for (const { pointer, message } of faults) this.#fault(pointer, message)
    if (faults.length > 0) return 0
    this.#extended += parseDuration(text)
    if (this.#extended > termsDurationMax) {
      this.#fault(pointer, 'adds, with the extensions before it, more time than a target may have')
    }
    return parseDuration(text)
  }
}

/** Numbers the agreements of each kind in the order in which they come to hold; the first holds from the beginning. */
function inVersions (agreementVersions: readonly SimulatedAgreement[]): AgreementVersion[] {
  const counts = new Map<AgreementKind, number>()
  return [...agreementVersions].sort((a, b) => a.madeAt - b.madeAt).map((agreed) => {
    const version = (counts.get(agreed.kind) ?? 0) + 1
    counts.set(agreed.kind, version)
    return {
      ...agreed,
      version,
      ticketVersion: version,
      policyVersion: 0,
      supersedes: [],
      madeAt: version === 1 ? 0 : agreed.madeAt
    }
  })
}

/** Stands for an agreement or calendar of a simulation, which does not exist, by its place in the request. */
function numbered (index: number): string {
  return `00000000-0000-0000-0000-${index.toString(16).padStart(12, '0')}`
}

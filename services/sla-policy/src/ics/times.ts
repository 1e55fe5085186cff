// Times, zones and lengths as the properties of an event have them.
import { cleanLine } from '@dueline/contracts'
import ical from 'ical.js'
import type { DateTime } from 'luxon'
import type { Component } from './read-ics.ts'
import { two, type Time } from './rules.ts'
import { zoneOf } from './zones.ts'

export type Property = InstanceType<typeof ical.Property>

/** An event closes nothing; `refused`: it should close something and cannot be taken. */
export class NotTaken extends Error {
  readonly refused: boolean

  constructor (message: string, refused: boolean) {
    super(message)
    this.refused = refused
  }
}

/** Ends the reading of an event that cannot be taken. */
export function refuse (message: string): never {
  throw new NotTaken(message, true)
}

/** The times of a property, each of which there is. */
export function timesOf (property: Property): Time[] {
  const raw = (property.jCal as unknown[]).slice(3)
  return property.getValues().map((value, i) => {
    if (!(value instanceof ical.Time)) {
      return refuse(`a value of ${property.name.toUpperCase()} is a period, which is not read`)
    }
    const time = value as Time
    return String(time) === raw[i]
      ? time
      : refuse(`${property.name.toUpperCase()} has no such time as ${String(raw[i])}`)
  })
}

export function zoneFor (property: Property, time: Time, fallback: string): string {
  if (time.zone.tzid === 'UTC') return 'UTC'
  const name = property.getFirstParameter('tzid')
  if (name === undefined) return fallback
  return zoneOf(name) ??
    refuse(`the zone "${cleanLine(name, 100)}" is not known: neither a name of IANA nor of Windows`)
}

export function durationOf (component: Component): InstanceType<typeof ical.Duration> | null {
  return component.getFirstPropertyValue('duration') as unknown as InstanceType<typeof ical.Duration> | null
}

export function dateOf ({ year, month, day }: { year: number, month: number, day: number }): string {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

export function clockOf (time: DateTime): string {
  return time.toFormat(time.second === 0 ? 'HH:mm' : 'HH:mm:ss')
}

export function plusDays (date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10)
}

import { Instant, nullable, priorities, Targets, Uuid, instantText } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import type { TenantDefaults } from '../domain/policy.ts'
import type { SettingsRecord } from '../store/policy-store.ts'

const fallback = nullable(
  Type.Object({ targets: Targets, calendarId: nullable(Uuid) }, {
    title: 'DefaultTerms',
    description: 'What holds where no row matches; null: the built-in targets'
  })
)

/** The fallback per priority, each explicit. */
export const Defaults = Type.Object({ P0: fallback, P1: fallback, P2: fallback, P3: fallback }, {
  title: 'DefaultsByPriority',
  description: 'What holds where no row matches, by priority'
})
export type Defaults = Static<typeof Defaults>

export const PolicySettings = Type.Object({
  forbidOverlap: Type.Boolean({
    description: 'true: two active rows of the same kind, keys and condition may not overlap in validity'
  }),
  defaults: Defaults,
  version: Type.Integer({ minimum: 0, description: '0 = never set' }),
  updatedAt: nullable(Instant)
}, { title: 'PolicySettings', description: 'Settings of the SLA table' })

export function defaultsToWire (defaults: TenantDefaults): Defaults {
  return Object.fromEntries(priorities.map((priority) => [priority, defaults[priority] ?? null])) as Defaults
}

export function settingsToWire (
  { forbidOverlap, defaults, version, updatedAt }: SettingsRecord
): Static<typeof PolicySettings> {
  return { forbidOverlap, defaults: defaultsToWire(defaults), version, updatedAt: instantText(updatedAt) }
}

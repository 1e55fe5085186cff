import { Instant, instantText, nullable, stringEnum } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { whenAbsentChoices } from '../domain/absence.ts'
import type { AssignmentSettings } from '../store/settings-store.ts'

const fields = {
  whenAbsent: stringEnum(whenAbsentChoices, {
    title: 'WhenAbsent',
    description:
      'What becomes of the new and open tickets of somebody who is away or off. keep: they stay; return: they go ' +
      'back to the queue, nearest due first'
  })
}

/** Body of a change. */
export const AssignmentSettingsUpdate = Type.Object(fields, {
  title: 'AssignmentSettingsUpdate',
  description: 'What is to hold for assignment beside the rules'
})
/** The settings of a tenant on the wire. */
export const AssignmentSettingsSchema = Type.Object({
  ...fields,
  version: Type.Integer({ minimum: 0, description: '0: never set, the built-in ones' }),
  updatedAt: nullable(Instant)
}, { title: 'AssignmentSettings', description: 'What holds for assignment beside the rules' })

export function settingsView ({ updatedAt, ...settings }: AssignmentSettings): Static<typeof AssignmentSettingsSchema> {
  return { ...settings, updatedAt: instantText(updatedAt) }
}

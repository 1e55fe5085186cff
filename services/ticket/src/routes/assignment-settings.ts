import { Instant, instantText, nullable, stringEnum } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { whenAbsentChoices } from '../domain/absence.ts'
import type { AssignmentSettings } from '../store/settings-store.ts'

const whenAbsent = stringEnum(whenAbsentChoices, {
  title: 'WhenAbsent',
  description:
    'What becomes of the new and open tickets of somebody who is away or off. keep: they stay; return: they go ' +
    'back to the queue, nearest due first'
})
const whenShiftEnds = nullable(stringEnum(whenAbsentChoices, {
  title: 'WhenShiftEnds',
  description:
    'The same, of somebody who is off because the calendar by which the person works has closed; null: as `whenAbsent`'
}))

/** Body of a change. */
export const AssignmentSettingsUpdate = Type.Object({ whenAbsent, whenShiftEnds: Type.Optional(whenShiftEnds) }, {
  title: 'AssignmentSettingsUpdate',
  description: 'What is to hold for assignment beside the rules'
})
/** The settings of a tenant on the wire. */
export const AssignmentSettingsSchema = Type.Object({
  whenAbsent,
  whenShiftEnds,
  version: Type.Integer({ minimum: 0, description: '0: never set, the built-in ones' }),
  updatedAt: nullable(Instant)
}, { title: 'AssignmentSettings', description: 'What holds for assignment beside the rules' })

export function settingsView ({ updatedAt, ...settings }: AssignmentSettings): Static<typeof AssignmentSettingsSchema> {
  return { ...settings, updatedAt: instantText(updatedAt) }
}

import { reminderFaults, targetFaults } from '@dueline/contracts'
import { etagOf, problem, requireIfMatch, write, type App, type Fault } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { Type } from 'typebox'
import { access } from '../access.ts'
import type { DefaultTerms, TenantDefaults } from '../domain/policy.ts'
import { canonicalReminders, canonicalTargets } from '../domain/row-rules.ts'
import { errors } from '../errors.ts'
import { calendarExists } from '../store/calendar-store.ts'
import { readSettings, saveSettings } from '../store/policy-store.ts'
import { lockSlaTable, overlappingRows } from '../store/sla-row-store.ts'
import { defaultLevels, Defaults, PolicySettings, settingsToWire } from './policy-settings.ts'
import { refuseFaults, type RouteDeps } from './route-deps.ts'
import { uniquenessOf } from './row-references.ts'

/** PUT /v1/sla-policy-settings: replaces the settings; the defaults take effect with the next publish. */
export function putSlaPolicySettings (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PUT',
    url: '/v1/sla-policy-settings',
    config: {
      roles: access.updateSlaPolicySettings,
      problems: ['sla_row_overlaps', 'precondition_failed', 'precondition_required']
    },
    schema: {
      operationId: 'updateSlaPolicySettings',
      summary: 'Set the defaults and rules of the SLA table',
      description:
        'The defaults take effect with the next publish, `forbidOverlap` and `oneRowPerSeverityAndPriority` take ' +
        'effect at once. They are refused while rows overlap: `rowIds` names them.',
      tags: ['sla table'],
      body: Type.Object({
        forbidOverlap: PolicySettings.properties.forbidOverlap,
        oneRowPerSeverityAndPriority: Type.Optional(PolicySettings.properties.oneRowPerSeverityAndPriority),
        defaults: Type.Partial(Defaults, {
          title: 'DefaultsByPriorityUpdate',
          description: 'What holds where no row matches, by priority and by severity'
        })
      }, {
        title: 'PolicySettingsUpdate',
        description: 'All settings; what is left out of the defaults has the built-in targets'
      }),
      response: { 200: PolicySettings }
    },
    handler: async (request, reply) =>
      await write(request, reply, deps.database, async (tx) => {
        await lockSlaTable(tx)
        const before = await readSettings(tx, tx.tenantId)
        requireIfMatch(request, before.version)
        const defaults = await checkedDefaults(tx, request.body.defaults)
        const { forbidOverlap, oneRowPerSeverityAndPriority = false } = request.body
        const asked = { forbidOverlap, oneRowPerSeverityAndPriority }
        const known = uniquenessOf(before)
        for (const uniqueness of uniquenessOf(asked).filter((each) => !known.includes(each))) {
          const rowIds = await overlappingRows(tx, uniqueness)
          if (rowIds.length === 0) continue
          problem(errors.sla_row_overlaps, { detail: `${rowIds.length} active rows overlap`, extra: { rowIds } })
        }
        const settings = { ...asked, defaults, version: before.version + 1, updatedAt: deps.clock.now() }
        await saveSettings(tx, settings)
        return { status: 200, body: settingsToWire(settings), headers: { etag: etagOf(settings.version) } }
      })
  })
}

async function checkedDefaults (tx: TenantTx, given: Partial<Defaults>): Promise<TenantDefaults> {
  const faults: Fault[] = []
  const checked: { -readonly [level in keyof TenantDefaults]: DefaultTerms } = {}
  for (const level of defaultLevels) {
    const terms = given[level] ?? null
    if (terms === null) continue
    const pointer = `/defaults/${level}`
    const { targets, calendarId, reminders } = terms
    const wrong = [...targetFaults(targets, `${pointer}/targets`)]
    if (reminders !== undefined) wrong.push(...reminderFaults(reminders, `${pointer}/reminders`))
    if (calendarId !== null && !await calendarExists(tx, tx.tenantId, calendarId)) {
      wrong.push({ pointer: `${pointer}/calendarId`, message: 'there is no such calendar' })
    }
    faults.push(...wrong)
    if (wrong.length === 0) {
      checked[level] = {
        targets: canonicalTargets(targets),
        calendarId,
        ...(reminders === undefined ? {} : { reminders: canonicalReminders(reminders) })
      }
    }
  }
  refuseFaults(faults)
  return checked
}

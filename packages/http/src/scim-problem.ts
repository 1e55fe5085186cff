import type { ScimFault, ScimType } from '@dueline/contracts'
import type { Problem } from './errors.ts'

/** A problem as SCIM says it; `types`: the scimType of codes that have one. */
export function scimFaultOf ({ entry, options }: Problem, types: Readonly<Record<string, ScimType>> = {}): ScimFault {
  const faults = (options.faults ?? []).map(({ pointer, message }) => `${pointer} ${message}`.trim())
  const scimType = types[entry.code] ??
    (entry.status === 400 ? faults.length > 0 ? 'invalidValue' : 'invalidSyntax' : undefined)
  return { status: entry.status, scimType, detail: [options.detail ?? entry.title, ...faults].join('; ') }
}

import type { Environment } from './config.ts'
import { knownVariables } from './known-variables.ts'
import { likelyOf, nearestOf } from './likeness.ts'

/** First words of names that nothing but Dueline is configured by here; what begins with one is meant for it. */
const families = ['AUTH', 'BUS', 'DATABASE', 'KAFKA', 'LOG', 'RATE', 'SMTP', 'UPSTREAM', 'WEBHOOK']

/** What Kubernetes and Docker write for each service and link beside a container, whatever its name is. */
function isFromOrchestrator (name: string, value: string): boolean {
  if (/_SERVICE_(HOST|PORT(_\w+)?)$/.test(name)) return true
  if (/_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name)) return true
  if (name.endsWith('_PORT')) return /^(tcp|udp|sctp):/.test(value)
  return /_ENV_\w+$/.test(name) || (name.endsWith('_NAME') && value.startsWith('/'))
}

function faultOf (name: string, keys: readonly string[]): string | undefined {
  const likely = likelyOf(name, keys)
  if (likely !== undefined) return `${name} is not known; ${likely} is`
  const [family = ''] = name.split('_', 1)
  if (!families.includes(family) || name === family) return undefined
  const kin = keys.filter((key) => key.startsWith(`${family}_`))
  return `${name} is not known; the nearest name is ${nearestOf(name, kin)}`
}

/**
 * Variables that are probably meant for this program, or for another one of Dueline, and that none of them reads:
 * mistyped names, which would otherwise be left out without a word. Programs share an environment, so the keys of all
 * are known; variables of the machine, the shell and the orchestrator are not looked at.
 * @param own the keys of this program
 */
export function strayVariables (env: Environment, own: readonly string[]): string[] {
  const keys = [...new Set([...knownVariables, ...own])]
  const known = new Set(keys.flatMap((key) => [key, `${key}_FILE`]))
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || value === '' || known.has(name) || !/^[A-Z][A-Z0-9_]*$/.test(name)) return []
    return isFromOrchestrator(name, value) ? [] : faultOf(name, keys) ?? []
  })
}

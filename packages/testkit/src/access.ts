import { readFileSync } from 'node:fs'
import { roles, type Role } from '@dueline/contracts'
import type { Principal, Service } from '@dueline/http'
import type { TestIssuer } from './issuer.ts'

/** An id that nobody has, in place of each path parameter. */
const unknownId = '01900000-0000-7000-8000-00000000ffff'

/**
 * Calls every operation of a service as every role and compares with the service's part of `docs/access.md`: a caller
 * whom the table refuses gets 403, another gets past the check (the calls have no body, so they change nothing).
 * Answers the cells that differ and how many were tried; throws when the table lacks the service.
 */
export async function accessCells (
  http: Service['http'],
  issuer: TestIssuer,
  service: string
): Promise<{ tried: number, differing: string[] }> {
  const documented = documentedAccess(service)
  const served = Object.entries(http.swagger().paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {})
      // what needs no token has no roles
      .filter(([, operation]) => 'x-roles' in (operation as object))
      .map(([verb]) => `${verb.toUpperCase()} ${path}`)
  )
  const differing = served.filter((request) => !documented.has(request)).map((request) => `${request}: no row`)
  let tried = 0
  for (const role of roles) {
    const headers = await issuer.bearer({ tenant: 'access', roles: [role] })
    for (const [request, allowed] of documented) {
      const [method, path = ''] = request.split(' ')
      const url = path.replace('{version}', '9').replace(/\{\w+\}/g, unknownId)
      // a stream is answered at its head: its body has no end
      const answer = await http.inject({ method: method as 'GET', url, headers, payloadAsStream: true })
      answer.stream().destroy()
      const { statusCode } = answer
      tried++
      if (statusCode === 401 || (statusCode !== 403) !== allowed.includes(role)) {
        differing.push(`${request} as ${role}: ${statusCode}`)
      }
    }
  }
  return { tried, differing }
}

/** The rows of one service in `docs/access.md`: its requests, such as `GET /v1/tickets`, with the roles that may. */
export function documentedAccess (service: string): Map<string, Role[]> {
  const part = readFileSync('docs/access.md', 'utf8').split('\n## ').find((each) => each.startsWith(`${service}\n`))
  const rows = part?.split('\n').filter((line) => line.startsWith('| `')) ?? []
  if (rows.length === 0) throw new Error(`docs/access.md has no operation of ${service}`)
  return new Map(rows.map((row) => {
    const [, , request = '', ...cells] = row.split('|').map((cell) => cell.trim())
    return [request, roles.filter((_, index) => cells[index] === 'yes')]
  }))
}

/** The roles whose bearers, each with that one role and the given person id, may do what `decide` decides. */
export function rolesThat (decide: (principal: Principal) => boolean, personId = unknownId): Role[] {
  const caller = { tenantId: 'access', personId, subject: personId, tokenEndsAt: 0 }
  return roles.filter((role) => decide({ ...caller, roles: [role] }))
}

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { canonicalId, roles, type Role } from '@dueline/contracts'
import { demoTenant, embeddedTokenSeconds, loadIssuer, personOf } from '@dueline/demo'
import { systemClock } from '@dueline/runtime'
import { defaultFolder } from './folder.ts'
import { readOptions } from './options.ts'
import { runProgram } from './program.ts'
import { wrongChoice } from './start-fault.ts'

const usage = `npm run --silent token -- --role ROLE[,ROLE] [options]
Prints a token, valid for 7 days, that the stack of a folder accepts.
  --role ROLE,...  ${roles.join(', ')}
  --tenant NAME    lower-case letters, digits and hyphens (${demoTenant})
  --person ID      who it is: a person's UUID, or the name that an issuer has for him or her, such as auth0|65f0c2
                   (in the tenant "${demoTenant}": who has that role in the demonstration)
  --folder PATH    as given to npm start (.dueline/stack)`

const tenantPattern = /^[a-z0-9][a-z0-9-]{0,62}$/
const namePattern = /^[^\p{Cc}\p{Cs}]{1,255}$/u

await runProgram({ name: 'token', stoppedCode: 130 }, async ({ print }) => {
  const { values } = readOptions('token', {
    role: { type: 'string' },
    tenant: { type: 'string' },
    person: { type: 'string' },
    folder: { type: 'string' },
    help: { type: 'boolean' }
  }, { args: process.argv.slice(2), env: process.env })
  if (values.help === true) {
    print(usage)
    return 0
  }
  const { tenant = demoTenant, folder = defaultFolder } = values
  const wanted = rolesOf(values.role)
  if (!tenantPattern.test(tenant)) {
    throw wrongChoice(`--tenant must be a name of lower-case letters, digits and hyphens, at most 63, not "${tenant}"`)
  }
  const personId = personIdOf(values.person, tenant, wanted)
  if (!existsSync(join(folder, 'issuer-key.json'))) {
    throw wrongChoice(`no stack has been started in ${resolve(folder)} yet: run npm start first, or name its --folder`)
  }
  const issuer = await loadIssuer(folder, systemClock)
  print(await issuer.token({ tenant, personId, roles: wanted }, embeddedTokenSeconds))
  return 0
})

function rolesOf (text: string | undefined): [Role, ...Role[]] {
  const names = (text ?? '').split(',').map((name) => name.trim())
  const known = names.map((name) => roles.find((role) => role === name))
  const [first, ...others] = known
  if (first === undefined || others.includes(undefined)) {
    throw wrongChoice(`--role must list some of ${roles.join(', ')}${text === undefined ? '' : `, not "${text}"`}`)
  }
  return [first, ...others.filter((role) => role !== undefined)]
}

function personIdOf (text: string | undefined, tenant: string, [role]: readonly [Role, ...Role[]]): string {
  if (text === undefined && tenant === demoTenant) return personOf(role)
  if (text === undefined) {
    throw wrongChoice(`--person must say who it is in the tenant "${tenant}": a UUID, or a name such as auth0|65f0c2`)
  }
  if (!namePattern.test(text)) {
    throw wrongChoice('--person must be a UUID, or a name of at most 255 characters without control characters')
  }
  return canonicalId(text)
}

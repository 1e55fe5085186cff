import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { variableOf } from '@dueline/contracts'

/** What stands in files that cannot read the list of services: what a service needs there, for `<name>` its name. */
const places: readonly (readonly [file: string, needs: (name: string) => readonly string[]])[] = [
  ['tsconfig.json', (name) => [`"path": "services/${name}"`]],
  ['infra/embedded/src/ports.ts', (name) => [`'the ${name} service'`]],
  ['infra/embedded/tsconfig.json', (name) => [`"path": "../../services/${name}"`]],
  ['infra/embedded/package.json', (name) => [`"@dueline/service-${name}": "workspace:*"`]],
  ['infra/compose/make-secrets.sh', (name) => [` ${name}`]],
  ['docker-compose.yml', (name) => [
    `\n  ${name}:\n`,
    `\n  migrate-${name}:\n`,
    `args: { SERVICE: services/${name}, NODE_IMAGE: }`,
    `${variableOf(name)}_DATABASE_URL_FILE: /secrets/${name}-url`,
    `${variableOf(name)}_URL: http://${name}:8080`,
    `${name}: { condition: service_healthy }`,
    `migrate-${name}: { condition: service_completed_successfully }`,
    `- secrets-${name}:/secrets/${name}`,
    `'secrets-${name}:/secrets:ro'`,
    `\n  secrets-${name}:\n`
  ]]
]

/** What these files of the tree at `root` lack of a service: `file: what`. */
export function missingPlaces (name: string, root = '.'): string[] {
  return places.flatMap(([file, needs]) => {
    const text = `${readFileSync(join(root, file), 'utf8')}\n`
    return needs(name).filter((need) => !text.includes(need)).map((need) => `${file}: ${need.trim()}`)
  })
}

/** What of another service than these docker-compose.yml names: a service that is gone leaves nothing behind. */
export function leftOvers (names: readonly string[], root = '.'): string[] {
  const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8')
  const migrated = [...text.matchAll(/\n {2}migrate-([\w-]+):\n/g)].map(([, name]) => name!)
  const built = [...text.matchAll(/SERVICE: services\/([\w-]+),/g)].map(([, name]) => name!)
  return [...new Set([...migrated, ...built])].filter((name) => name !== 'gateway' && !names.includes(name))
}

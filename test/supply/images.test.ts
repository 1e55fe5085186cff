import { spawnSync } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { imageFaults, imagesOf, pinned } from '../../tools/supply/images.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`
const compose = `services:
  database: { image: '\${DATABASE_IMAGE:-database:1@${digest('a')}}' }
  copy: { image: '\${DATABASE_IMAGE:-database:1@${digest('a')}}' }
  mail: { image: '\${MAIL_IMAGE:-mail:2}' }
  own: { image: 'own:local', build: . }
`
const dockerfile = `ARG NODE_IMAGE=node:24@${digest('b')}
FROM \${NODE_IMAGE} AS build
FROM build AS more
FROM \${NODE_IMAGE}
`

async function folderWith (t: Test, files: { dockerfile?: string, compose?: string } = {}): Promise<string> {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'Dockerfile'), files.dockerfile ?? dockerfile)
  await writeFile(join(folder, 'docker-compose.yml'), files.compose ?? compose)
  return folder
}

t.test('what a release of this repository builds on and runs beside is named by digest', async (t) => {
  const images = imagesOf('.')
  t.same(images.map(({ variable }) => variable).sort(), ['KAFKA_IMAGE', 'NODE_IMAGE', 'POSTGRES_IMAGE'])
  t.same(imageFaults(images), [])
})

t.test('an image of others without a digest is a fault, one that is built here is none', async (t) => {
  const images = imagesOf(await folderWith(t))
  t.same(images.map(({ reference }) => reference), [`node:24@${digest('b')}`, `database:1@${digest('a')}`, 'mail:2'])
  t.match(imageFaults(images), [/^docker-compose\.yml names mail:2 without its digest/])
  for (const reference of ['node:24', 'node:24@sha256:abc', `node:24@${digest('B')}`]) {
    const other = imagesOf(await folderWith(t, { dockerfile: `ARG NODE_IMAGE=${reference}\nFROM \${NODE_IMAGE}\n` }))
    t.match(imageFaults(other), [/^Dockerfile names node:24.* without its digest/], reference)
  }
})

t.test('an image that nothing can take the place of is refused', async (t) => {
  const fixed = await folderWith(t, { dockerfile: `FROM node:24@${digest('b')}\n` })
  t.throws(() => imagesOf(fixed), /Dockerfile builds from node:24@/)
  for (const image of ['database:1', `database:1@${digest('a')}`, `\${DATABASE:-database:1@${digest('a')}}`]) {
    const folder = await folderWith(t, { compose: `services: { database: { image: '${image}' } }\n` })
    t.throws(() => imagesOf(folder), /docker-compose\.yml runs database on /, image)
  }
})

t.test('--pin writes what the registries say, and names those that do not say it', async (t) => {
  const folder = await folderWith(t)
  const says = (letter: string): string => `echo '${JSON.stringify({ digest: digest(letter) })}'`
  const answers = `node:24) ${says('c')} ;; database:1) ${says('d')} ;; *) echo no such host >&2; exit 1 ;;`
  await writeFile(join(folder, 'docker'), `#!/bin/sh\ncase $4 in ${answers} esac\n`)
  await chmod(join(folder, 'docker'), 0o755)
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` }
  const { status, stderr } = spawnSync(process.execPath, [resolve('tools/images.ts'), '--pin'], {
    cwd: folder,
    env,
    encoding: 'utf8'
  })
  t.equal(status, 1)
  t.match(stderr, /^images: the digest of mail:2 could not be asked for: no such host\nimages: .* names mail:2 without/)
  t.same(await readFile(join(folder, 'Dockerfile'), 'utf8'), dockerfile.replace(digest('b'), digest('c')))
  t.same(await readFile(join(folder, 'docker-compose.yml'), 'utf8'), compose.replaceAll(digest('a'), digest('d')))
})

t.test('what is no digest is not written', async (t) => {
  const image = { file: 'Dockerfile', variable: 'NODE_IMAGE', reference: 'node:24' }
  t.throws(() => pinned(dockerfile, image, 'latest'), /latest is no digest/)
})

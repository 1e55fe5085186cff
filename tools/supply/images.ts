import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** An image of others that this repository names. */
export interface Image {
  file: string
  /** The variable that names another one in its place: an argument of the build, or of the environment. */
  variable: string
  /** `name:tag`, with `@sha256:…` where it is pinned. */
  reference: string
}

const files = ['Dockerfile', 'docker-compose.yml'] as const
const digest = /@sha256:[0-9a-f]{64}$/

/**
 * All images of others in the Dockerfile and in docker-compose.yml.
 * @throws Error for one that stands there without a variable that can name another
 */
export function imagesOf (root: string): Image[] {
  const [dockerfile, compose] = files.map((file) => readFileSync(join(root, file), 'utf8'))
  return [...inDockerfile(dockerfile ?? ''), ...inCompose(compose ?? '')]
}

/** One sentence for each image without a digest. */
export function imageFaults (images: Image[]): string[] {
  return images.filter(({ reference }) => !digest.test(reference)).map(({ file, reference }) =>
    `${file} names ${reference} without its digest: run npm run images -- --pin and commit`
  )
}

/** The text of a file with an image named by a digest. */
export function pinned (text: string, { reference }: Image, sha256: string): string {
  const written = `${withoutDigest(reference)}@${sha256}`
  if (!digest.test(written)) throw new Error(`${sha256} is no digest`)
  return text.replaceAll(reference, written)
}

export function withoutDigest (reference: string): string {
  return reference.replace(/@.*$/, '')
}

function inDockerfile (text: string): Image[] {
  const file = files[0]
  const images = [...text.matchAll(/^ARG (\w+_IMAGE)=(\S+)$/gm)]
    .map(([, variable = '', reference = '']) => ({ file, variable, reference }))
  const stages = new Set<string>()
  for (const [, from = '', stage] of text.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gim)) {
    const isArgument = images.some(({ variable }) => from === `\${${variable}}`)
    if (!isArgument && !stages.has(from)) throw new Error(`${file} builds from ${from}, which no ARG …_IMAGE= names`)
    if (stage !== undefined) stages.add(stage)
  }
  return images
}

function inCompose (text: string): Image[] {
  const file = files[1]
  // Each service names the shared blocks: there are more than the parser's 100 aliases, and the file is our own.
  const { services } = parse(text, { merge: true, maxAliasCount: -1 }) as {
    services: Record<string, { image?: string, build?: unknown }>
  }
  const byVariable = new Map<string, Image>()
  for (const [name, { image = '', build }] of Object.entries(services)) {
    if (build !== undefined) continue
    const [, variable, reference] = /^\$\{(\w+_IMAGE):-(\S+)\}$/.exec(image) ?? []
    if (variable === undefined || reference === undefined) {
      throw new Error(`${file} runs ${name} on ${image}, which is not of the form \${NAME_IMAGE:-name:tag@sha256:…}`)
    }
    byVariable.set(variable, { file, variable, reference })
  }
  return [...byVariable.values()]
}

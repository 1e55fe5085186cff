// `npm run images`: whether each image of others is named by its digest. `--pin`: asks their registries, by Docker, for
// the digests that the tags have now, and writes them.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { imageFaults, imagesOf, pinned, withoutDigest, type Image } from './supply/images.ts'

const { values: options } = parseArgs({ options: { pin: { type: 'boolean' } } })
const faults: string[] = []
if (options.pin === true) pin()
const images = imagesOf('.')
for (const { reference, variable } of images) console.log(`${variable}: ${reference}`)
faults.push(...imageFaults(images))
for (const fault of faults) console.error(`images: ${fault}`)
process.exitCode = faults.length === 0 ? 0 : 1

/** One tag that cannot be asked for leaves the others pinned. */
function pin (): void {
  for (const image of imagesOf('.')) {
    const tag = withoutDigest(image.reference)
    const args = ['buildx', 'imagetools', 'inspect', tag, '--format', '{{json .Manifest}}']
    const { status, stdout, stderr, error } = spawnSync('docker', args, { encoding: 'utf8' })
    if (status !== 0) faults.push(`the digest of ${tag} could not be asked for: ${error?.message ?? stderr.trim()}`)
    else write(image, (JSON.parse(stdout) as { digest: string }).digest)
  }
}

function write (image: Image, digest: string): void {
  writeFileSync(image.file, pinned(readFileSync(image.file, 'utf8'), image, digest))
}

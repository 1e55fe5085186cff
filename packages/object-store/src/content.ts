import { createHash } from 'node:crypto'
import { Readable, Transform } from 'node:stream'
import { ContentRefused, type Content } from './store.ts'

/** Bytes in memory as content. */
export function contentOf (bytes: Uint8Array, contentType: string): Content {
  return {
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    contentType,
    open: () => Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false })
  }
}

/** Passes bytes on and fails with `ContentRefused` as soon as they cannot be those of `content`. */
export function verified (content: Pick<Content, 'sizeBytes' | 'sha256'>): Transform {
  const hash = createHash('sha256')
  let seenBytes = 0
  // the last piece waits until all is known to be right: who reads it has read nothing wrong to its end
  let held: Buffer | undefined
  return new Transform({
    transform (piece: Buffer, _encoding, done) {
      seenBytes += piece.length
      if (seenBytes > content.sizeBytes) return done(wrongSize(content.sizeBytes, 'more'))
      hash.update(piece)
      const before = held
      held = piece
      done(null, before)
    },
    flush (done) {
      if (seenBytes < content.sizeBytes) return done(wrongSize(content.sizeBytes, `${seenBytes}`))
      if (hash.digest('hex') !== content.sha256) {
        return done(new ContentRefused('sha256', 'the bytes do not have the SHA-256 that was said'))
      }
      done(null, held)
    }
  })
}

function wrongSize (sizeBytes: number, came: string): ContentRefused {
  return new ContentRefused('sizeBytes', `${sizeBytes} bytes were said, ${came} came`)
}

/** `Content-Disposition` that saves a file under its name, in any script (RFC 6266). */
export function attachment (fileName: string): string {
  const ascii = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  // a lone half of a pair cannot be encoded
  const whole = Buffer.from(fileName).toString('utf8')
  const encoded = encodeURIComponent(whole).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

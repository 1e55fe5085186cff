import { TextDecoder } from 'node:util'
import { baseErrors, problem } from './errors.ts'

/** How texts of a charset are read: by which decoder, and whether a line break is the byte 10 in it. */
export interface Charset {
  name: string
  decoder: string
  isBytewise: boolean
}

// what exports of other systems come in; all that a decoder knows would include many a surprise
const bytewise = [
  'utf-8',
  'iso-8859-1',
  'iso-8859-6',
  'iso-8859-15',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'windows-1256'
]
const charsets = new Map<string, Charset>([
  ...bytewise.map((name): [string, Charset] => [name, { name, decoder: name, isBytewise: true }]),
  ['us-ascii', { name: 'us-ascii', decoder: 'utf-8', isBytewise: true }],
  ['utf-16', { name: 'utf-16', decoder: 'utf-16le', isBytewise: false }],
  ['utf-16le', { name: 'utf-16le', decoder: 'utf-16le', isBytewise: false }],
  ['utf-16be', { name: 'utf-16be', decoder: 'utf-16be', isBytewise: false }]
])

/** Names of the charsets that can be read. */
export const charsetNames: readonly string[] = [...charsets.keys()]

/**
 * The charset that a `Content-Type` declares; UTF-8 when it declares none. @throws Problem 415 for one that cannot be
 * read
 */
export function charsetOf (contentType: string): Charset {
  const declared = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1] ?? 'utf-8'
  return (
    charsets.get(declared.toLowerCase()) ??
      problem(baseErrors.unsupported_media_type, { detail: `the charset must be one of ${charsetNames.join(', ')}` })
  )
}

const decoders = new Map<string, TextDecoder>()

function decoderOf (name: string): TextDecoder {
  const decoder = decoders.get(name) ?? new TextDecoder(name, { fatal: true })
  decoders.set(name, decoder)
  return decoder
}

/** Bytes as a text, without a byte order mark; null when they are none of what `decoder` reads. */
export function decoded (bytes: Uint8Array, decoder: string): string | null {
  try {
    return decoderOf(decoder).decode(bytes)
  } catch {
    return null
  }
}

/** A whole body in its charset; null when it is not in that. Without a declared order the mark at the start says it. */
export function decodedBody (body: Uint8Array, { name, decoder }: Charset): string | null {
  return decoded(body, name === 'utf-16' && body[0] === 0xfe && body[1] === 0xff ? 'utf-16be' : decoder)
}

import { randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const publicLength = 16
/** 43 of 62 letters are 256 bits. */
const secretLength = 43
const checkLength = 6

/** What keys begin with: those of programs, and those of directories that provision people. */
export type KeyPrefix = 'dlk' | 'dls'

/**
 * `dlk_`, 16 letters that name the key, `_`, 43 of secret, 6 of checksum: scanners find it, and see that it is whole.
 */
const form = new RegExp(
  `^([0-9A-Za-z]{${publicLength}})_([0-9A-Za-z]{${secretLength}})([0-9A-Za-z]{${checkLength}})$`
)

function randomText (length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('')
}

function checksumOf (text: string): string {
  let left = crc32(text)
  let check = ''
  for (let place = 0; place < checkLength; place++) {
    check = letters[left % letters.length]! + check
    left = Math.floor(left / letters.length)
  }
  return check
}

/** An API key in its parts: what lists show, and what is never shown again. */
export interface ApiKeyParts {
  readonly publicId: string
  readonly secret: string
}

/** The parts of a new key. */
export function newApiKey (): ApiKeyParts {
  return { publicId: randomText(publicLength), secret: randomText(secretLength) }
}

/** A key as its program sends it. */
export function writeApiKey ({ publicId, secret }: ApiKeyParts, prefix: KeyPrefix = 'dlk'): string {
  const text = `${prefix}_${publicId}_${secret}`
  return text + checksumOf(text)
}

/** Whether a token is meant as an API key, whole or not. */
export function isLikeApiKey (token: string): boolean {
  return token.startsWith('dlk_')
}

/** The parts of a key, or null for what is none: nobody has to be asked about a key that lacks a letter. */
export function readApiKey (token: string, prefix: KeyPrefix = 'dlk'): ApiKeyParts | null {
  if (!token.startsWith(`${prefix}_`)) return null
  const [, publicId = '', secret = '', check] = form.exec(token.slice(prefix.length + 1)) ?? []
  if (check === undefined || checksumOf(`${prefix}_${publicId}_${secret}`) !== check) return null
  return { publicId, secret }
}

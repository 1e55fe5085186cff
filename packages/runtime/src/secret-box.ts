import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Seals secrets before they are stored; a copy of the database alone shows none. */
export interface SecretBox {
  seal(plain: string): string
  open(sealed: string): string
}

const ivBytes = 12
const tagBytes = 16

/** AES-256-GCM. @param key 32 bytes in base64 @throws RangeError for another length */
export function createSecretBox (key: string): SecretBox {
  const keyBytes = Buffer.from(key, 'base64')
  if (keyBytes.length !== 32) throw new RangeError('the key that seals secrets must be 32 bytes in base64')
  return {
    seal (plain) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', keyBytes, iv)
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64')
    },
    open (sealed) {
      const bytes = Buffer.from(sealed, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', keyBytes, bytes.subarray(0, ivBytes))
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8')
    }
  }
}

/** A file as a text: UTF-16 where its byte order mark says so, else UTF-8; `text` null: it is not in that charset. */
export function markedText (bytes: Uint8Array): { charset: 'utf-8' | 'utf-16le' | 'utf-16be', text: string | null } {
  const [first, second] = bytes
  const charset = first === 0xff && second === 0xfe
    ? 'utf-16le'
    : first === 0xfe && second === 0xff
    ? 'utf-16be'
    : 'utf-8'
  try {
    return { charset, text: new TextDecoder(charset, { fatal: true }).decode(bytes) }
  } catch {
    return { charset, text: null }
  }
}

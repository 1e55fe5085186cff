/** A name as a part of a JSON pointer (RFC 6901). */
export function escapePointer (token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1')
}

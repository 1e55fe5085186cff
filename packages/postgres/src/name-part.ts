/** A pattern for `like` that finds `text` anywhere in a name, its signs as they are. */
export function namePart (text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

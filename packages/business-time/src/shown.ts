/** A value as an error message shows it: as JSON where it can be (else what it is), cut when it is long. */
export function shown (value: unknown): string {
  const text = typeof value === 'bigint'
    ? `${value}n`
    : typeof value === 'number'
    ? String(value)
    : jsonOf(value) ?? typeof value
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function jsonOf (value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

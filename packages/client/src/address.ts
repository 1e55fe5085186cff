type Values = Readonly<Record<string, unknown>>

/**
 * The address of an operation. Lists in a query are repeated parameters; what is undefined is left out.
 * @throws TypeError for a parameter of the path that is missing, or that would lead somewhere else
 */
export function addressOf (
  base: string,
  path: string,
  { path: values = {}, query = {} }: { path?: Values, query?: Values }
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const text = String(values[name] ?? '')
    // Dots would be taken for steps in the path, whether they are encoded or not.
    if (text === '' || text === '.' || text === '..') {
      throw new TypeError(`${path}: ${name} must be an id, not "${text}"`)
    }
    return encodeURIComponent(text)
  })
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) search.append(name, String(each))
    }
  }
  const text = search.toString()
  return `${base}${filled}${text === '' ? '' : `?${text}`}`
}

/** A piece of HTML: only what `html` makes of texts, so that no text is ever taken for markup. */
export class Markup {
  readonly source: string

  constructor (source: string) {
    this.source = source
  }
}

type Part = Markup | string | number | undefined | readonly Markup[]

/** HTML with texts in it, escaped. Nothing stands for `undefined`. */
export function html (strings: TemplateStringsArray, ...parts: Part[]): Markup {
  const source = strings.map((string, index) => string + (index < parts.length ? sourceOf(parts[index]) : '')).join('')
  return new Markup(source)
}

/** Attributes by name: `true` for one without a value, `undefined` and `false` for none. Names are never of a text. */
export function attributes (all: Record<string, string | number | boolean | undefined>): Markup {
  const written = Object.entries(all).flatMap(([name, value]) => {
    if (value === undefined || value === false) return []
    return [value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`]
  })
  return new Markup(written.join(''))
}

function sourceOf (part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Markup) return part.source
  return typeof part === 'object' ? part.map(({ source }) => source).join('') : escaped(String(part))
}

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped (text: string): string {
  return text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign)
}

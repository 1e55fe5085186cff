const otherDigits = /[٠-٩۰-۹]/g
const plain = /^[+-]?\d+(\.\d+)?$/

/** Arabic-Indic and Persian digits, decimal and thousands signs as ASCII has them: `١٬٢٣٤٫٥` is `1234.5`. */
export function asciiDigits (text: string): string {
  return text
    .replace(otherDigits, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf))
    .replaceAll('٫', '.')
    .replaceAll('٬', '')
}

/** A number as a JSON number or as people type it, in Latin, Arabic-Indic or Persian digits; undefined for all else. */
export function readNumber (value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || value.length > 60) return undefined
  const text = asciiDigits(value.trim()).replace(/^[\u200e\u200f\u061c]+/, '')
  if (!plain.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

import type { Language } from '../../format.ts'

const known: Readonly<Record<string, string>> = {
  arabic: 'ar',
  chinese: 'zh',
  english: 'en',
  french: 'fr',
  german: 'de',
  hindi: 'hi',
  kurdish: 'ku',
  persian: 'fa',
  portuguese: 'pt',
  russian: 'ru',
  spanish: 'es',
  swahili: 'sw',
  turkish: 'tr',
  urdu: 'ur',
  العربية: 'ar'
}

/** What a text without a language is in. */
export const UNNAMED = 'und'

/** `Arabic (ar)`, `Arabic(ar)`, `arabic`, `ar`: the tag with the name as it is written; else a tag of private use. */
export function languageOf (written: string): Language {
  const [, name = written, code] = /^(.*?)\s*\(([A-Za-z0-9-]+)\)\s*$/.exec(written) ?? []
  const lower = (code ?? name).toLowerCase()
  const tag = known[lower] ?? (/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/.test(lower) ? lower : privateTag(name))
  return { tag, name: written }
}

function privateTag (name: string): string {
  const parts = name.toLowerCase().match(/[a-z0-9]{1,16}/g) ??
    [...name].map((sign) => (sign.codePointAt(0) ?? 0).toString(16))
  return `x-${parts.slice(0, 4).join('-')}`
}

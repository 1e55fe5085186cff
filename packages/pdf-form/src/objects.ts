// Values of a PDF as they are meant, whatever program wrote them. Nothing here throws: what is broken is absent.
import { PDFArray, PDFDict, PDFHexString, PDFName, PDFNumber, type PDFObject, PDFStream } from '@cantoo/pdf-lib'
import { decodePDFRawStream, PDFRawStream, PDFString } from '@cantoo/pdf-lib'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A key of a dictionary, with what a reference stands for. */
export function entry (dict: PDFDict, key: string): PDFObject | undefined {
  try {
    return dict.lookup(PDFName.of(key))
  } catch {
    return undefined
  }
}

export function dictIn (dict: PDFDict, key: string): PDFDict | undefined {
  const value = entry(dict, key)
  return value instanceof PDFDict ? value : undefined
}

/** The elements of an array, with what references stand for; a value alone is a list of one. */
export function listIn (dict: PDFDict, key: string): PDFObject[] {
  const value = entry(dict, key)
  if (!(value instanceof PDFArray)) return value === undefined ? [] : [value]
  return elements(value)
}

export function elements (array: PDFArray): PDFObject[] {
  return array.asArray().map((_, index) => array.lookup(index)).filter((element) => element !== undefined)
}

export function numberIn (dict: PDFDict, key: string): number | undefined {
  const value = entry(dict, key)
  return value instanceof PDFNumber ? value.asNumber() : undefined
}

/** Names are read as UTF-8 where their bytes are, as LibreOffice writes them; texts by their marks of byte order. */
export function textOf (value: PDFObject | undefined): string | undefined {
  try {
    if (value instanceof PDFName) return nameText(value)
    if (value instanceof PDFString || value instanceof PDFHexString) {
      const bytes = value.asBytes()
      const isUtf8 = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
      return clean(isUtf8 ? utf8.decode(bytes) : value.decodeText())
    }
  } catch {
    return undefined
  }
  return undefined
}

function nameText (name: PDFName): string {
  const bytes = name.asBytes()
  try {
    return clean(utf8.decode(bytes))
  } catch {
    return clean(Buffer.from(bytes).toString('latin1'))
  }
}

/** Without signs that no text has, and that no store keeps. */
function clean (text: string): string {
  const wellFormed = text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/\r\n?/g, '\n')
  return wellFormed.replace(/[\ufffe\uffff]|(?![\n\t])\p{Cc}/gu, '')
}

/** LibreOffice writes a name with letters beyond ASCII as the text `#D8#A7…`: the bytes of its UTF-8. */
export function readableName (name: string): string {
  if (!/#[0-9A-F]{2}/.test(name) || /[^\x20-\x7e]/.test(name)) return name
  const bytes = name.replace(/#([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  try {
    return clean(utf8.decode(Buffer.from(bytes, 'latin1')))
  } catch {
    return name
  }
}

/** The text of a script, which is looked at and never run. */
export function scriptOf (action: PDFDict | undefined): string {
  if (action === undefined) return ''
  const script = entry(action, 'JS')
  try {
    if (script instanceof PDFRawStream) return Buffer.from(decodePDFRawStream(script).decode()).toString('latin1')
  } catch {
    return ''
  }
  return textOf(script) ?? ''
}

/** The dictionary of a dictionary or a stream. */
export function dictOf (value: PDFObject): PDFDict | undefined {
  return value instanceof PDFDict ? value : value instanceof PDFStream ? value.dict : undefined
}

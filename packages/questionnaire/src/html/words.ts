/** What a form says besides the author's texts, in English and Arabic. */
const words = {
  required: ['required', 'إلزامي'],
  sometimesRequired: ['required in some cases', 'إلزامي في بعض الحالات'],
  sometimes: ['Only asked in some cases', 'يُسأل في بعض الحالات فقط'],
  readOnly: ['cannot be changed', 'لا يمكن تعديله'],
  yes: ['Yes', 'نعم'],
  no: ['No', 'لا'],
  other: ['Other', 'أخرى'],
  none: ['Nothing chosen', 'لم يتم الاختيار'],
  repeat: ['May be answered several times', 'يمكن الإجابة أكثر من مرة'],
  preview: ['Preview: answers are not sent', 'معاينة: لا يتم إرسال الإجابات']
} as const satisfies Record<string, readonly [string, string]>

export type Word = keyof typeof words

export function wordIn (word: Word, language: string): string {
  return words[word][/^ar(-|$)/.test(language) ? 1 : 0]
}

/** Of the languages that are written from the right. */
export function directionOf (language: string): 'rtl' | 'ltr' {
  return /^(ar|fa|he|ur|ps|sd|ug|yi|dv|ckb)(-|$)/.test(language) ? 'rtl' : 'ltr'
}

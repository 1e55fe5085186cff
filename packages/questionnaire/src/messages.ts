/** Texts of what is wrong with an answer; `{min}` and the like are filled in. Every code has both languages. */
export const messages = {
  required: ['must be answered', 'هذا السؤال إلزامي'],
  not_text: ['must be a text', 'يجب أن تكون الإجابة نصًا'],
  text_characters: ['has characters that cannot be stored', 'يحتوي النص على رموز لا يمكن حفظها'],
  too_short: ['must have at least {min} characters', 'الحد الأدنى لعدد الأحرف: {min}'],
  too_long: ['must have at most {max} characters', 'الحد الأقصى لعدد الأحرف: {max}'],
  pattern: ['does not have the form that is asked for', 'لا تطابق الإجابة الصيغة المطلوبة'],
  not_integer: ['must be a whole number', 'يجب إدخال عدد صحيح'],
  not_number: ['must be a number', 'يجب إدخال رقم'],
  not_date: ['must be a date such as 2026-11-29', 'يجب إدخال تاريخ مثل 2026-11-29'],
  not_time: ['must be a time such as 14:30', 'يجب إدخال وقت مثل 14:30'],
  not_date_time: [
    'must be a date and time with offset such as 2026-11-29T14:30:00+03:00',
    'يجب إدخال تاريخ ووقت مع فرق التوقيت مثل 2026-11-29T14:30:00+03:00'
  ],
  not_yes_no: ['must be yes or no (true or false)', 'يجب أن تكون الإجابة نعم أو لا'],
  too_small: ['must be at least {min}', 'يجب ألا تقل القيمة عن {min}'],
  too_large: ['must be at most {max}', 'يجب ألا تزيد القيمة على {max}'],
  not_a_choice: ['must be one of the choices', 'يجب اختيار إحدى الإجابات المتاحة'],
  not_choices: ['must be a list of choices', 'يجب أن تكون الإجابة قائمة من الخيارات'],
  choice_not_offered: ['{choice} does not fit the other answers', 'الخيار {choice} لا يتوافق مع الإجابات الأخرى'],
  choice_twice: ['has a choice twice', 'تكرر أحد الخيارات'],
  other_not_allowed: ['must be one of the choices, not an answer of one’s own', 'لا يمكن كتابة إجابة خارج الخيارات'],
  too_few_choices: ['must be at least {min} choices', 'الحد الأدنى لعدد الخيارات: {min}'],
  too_many_choices: ['must be at most {max} choices', 'الحد الأقصى لعدد الخيارات: {max}'],
  not_files: ['must be a list of files with id, name, mediaType and bytes', 'يجب أن تكون الإجابة قائمة ملفات'],
  too_many_files: ['must be at most {max} files', 'الحد الأقصى لعدد الملفات: {max}'],
  file_type: ['must be of type {allowed}', 'أنواع الملفات المسموح بها: {allowed}'],
  file_size: ['must have at most {max} bytes', 'الحد الأقصى لحجم الملف بالبايت: {max}'],
  constraint: ['does not fit what is asked for', 'الإجابة لا تستوفي الشرط المطلوب'],
  read_only: ['cannot be changed', 'لا يمكن تعديل هذه الإجابة'],
  unknown_question: ['is no question of this questionnaire', 'لا يوجد سؤال بهذا الاسم في الاستبيان'],
  not_an_object: ['must be an object of answers by name', 'يجب أن تكون الإجابات كائنًا بأسماء الأسئلة'],
  not_a_list: ['must be a list of repetitions', 'يجب أن تكون الإجابة قائمة تكرارات'],
  too_few_repetitions: ['must be at least {min} times', 'الحد الأدنى لعدد المرات: {min}'],
  too_many_repetitions: ['must be at most {max} times', 'الحد الأقصى لعدد المرات: {max}'],
  too_much_work: ['is more than can be checked: give fewer repetitions', 'عدد التكرارات أكبر من أن يمكن التحقق منه']
} as const satisfies Record<string, readonly [string, string]>

export type AnswerFaultCode = keyof typeof messages

/** The text of a fault in Arabic for `ar` and its regions, in English for every other language. */
export function messageOf (
  code: AnswerFaultCode,
  params: Readonly<Record<string, string | number>>,
  language: string
): string {
  const text: string = messages[code][/^ar(-|$)/.test(language) ? 1 : 0]
  return text.replace(/\{(\w+)\}/g, (_, name: string) => shown(params[name] ?? ''))
}

/** A text of another direction stands by itself in a sentence. */
function shown (value: string | number): string {
  return typeof value === 'number' ? String(value) : `\u2068${value}\u2069`
}

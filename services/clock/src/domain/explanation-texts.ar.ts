import type { ExplanationTexts } from './explanation-texts.ts'

export const arabic: ExplanationTexts = {
  metrics: {
    first_response: 'الرد الأول',
    next_response: 'الرد التالي',
    periodic_update: 'التحديث الدوري',
    resolution: 'الحل'
  },
  reasons: {
    waiting_on_customer: 'انتظار العميل',
    waiting_on_vendor: 'انتظار المورّد',
    maintenance: 'الصيانة',
    manual: 'إيقاف يدوي'
  },
  stopped: { met: 'تم الوفاء به', cancelled: 'أُلغي', waived: 'أُعفي منه' },
  causes: {
    created: 'أُنشئت التذكرة',
    assigned: 'أُسندت التذكرة',
    'clock paused': 'أُوقف يدويًا',
    'clock resumed': 'استؤنف يدويًا',
    'clock extended': 'مُدّد يدويًا',
    'clock waived': 'أُعفي منه يدويًا',
    'status new': 'الحالة: جديدة',
    'status open': 'الحالة: مفتوحة',
    'status waiting_on_customer': 'الحالة: بانتظار العميل',
    'status waiting_on_vendor': 'الحالة: بانتظار المورّد',
    'status resolved': 'الحالة: محلولة',
    'status closed': 'الحالة: مغلقة',
    'status cancelled': 'الحالة: ملغاة',
    'public message by customer': 'كتب العميل',
    'public message by agent': 'رد أحد الموظفين',
    'public message by system': 'رسالة من النظام',
    'internal message by customer': 'ملاحظة داخلية من العميل',
    'internal message by agent': 'ملاحظة داخلية من أحد الموظفين',
    'internal message by system': 'ملاحظة داخلية من النظام',
    'automatic message by customer': 'رسالة تلقائية من العميل',
    'automatic message by agent': 'رسالة تلقائية من أحد الموظفين',
    'automatic message by system': 'رسالة تلقائية',
    agreement: 'صدر التعهد',
    'agreement withdrawn': 'سُحب التعهد',
    'agreement without this target': 'لم يعد متعهدًا به',
    'pause ended by itself': 'انتهى الإيقاف من تلقاء نفسه'
  },
  builtIn: 'الإعدادات المدمجة',
  policyVersion: (version) => `إصدار السياسة ${version}`,
  agreed: ({ metric, within, row, policy }) => `التعهد: ${metric} خلال ${within} بموجب «${row}» (${policy}).`,
  agreedWithin: ({ metric, within }) => `التعهد: ${metric} خلال ${within}.`,
  extended: ({ by, target }) => `أُضيف يدويًا ${by}، فأصبح الهدف ${target}.`,
  aroundTheClock: 'يُحسب الوقت على مدار الساعة.',
  hoursOf: ({ calendar, version }) => `يُحسب الوقت في ساعات «${calendar}»، الإصدار ${version}.`,
  businessHours: 'يُحسب الوقت في ساعات العمل.',
  span: ({ from, to }) => to === null ? `منذ ${from}` : `من ${from} إلى ${to}`,
  ran: ({ span, cause, restart, open, upTo }) =>
    [
      `${span}: احتُسب الوقت (${cause})${restart ? '، بدءًا من الصفر' : ''}، والوقت المحتسب ${open}`,
      upTo === null ? '.' : ` حتى ${upTo}.`
    ].join(''),
  paused: ({ span, cause, reasons }) => `${span}: متوقف بسبب ${reasons} (${cause})، ولا يُحتسب شيء.`,
  stays: ({ span, cause, state }) => `${span}: ${state} (${cause}).`,
  left: (count) => `ثم تلت فترات أخرى عددها ${count} ووقتها محتسب أدناه.`,
  within: ({ used, target, left }) => `استُخدم إجمالًا ${used} من ${target}، والمتبقي ${left}.`,
  tooMuch: ({ used, target, over }) => `استُخدم إجمالًا ${used} من ${target}، بزيادة ${over}.`,
  pausedNow: 'لا موعد نهائيًا ما دام متوقفًا.',
  neverDue: 'لا تكفي ساعات التقويم أبدًا، فلا موعد نهائيًا.',
  due: ({ at, isOver }) => isOver ? `وعليه كان الموعد النهائي ${at}.` : `وعليه فالموعد النهائي ${at}.`,
  missed: (at) => `فات الموعد في ${at}.`
}

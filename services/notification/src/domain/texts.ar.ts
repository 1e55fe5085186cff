import type { LanguageTexts } from './texts.ts'

// A subject begins with a right-to-left mark: programs take a line's direction from its first letter, the number's.
export const arabic: LanguageTexts = {
  words: {
    new: 'جديدة',
    open: 'مفتوحة',
    waiting_on_customer: 'بانتظار ردكم',
    waiting_on_vendor: 'بانتظار المورّد',
    resolved: 'محلولة',
    closed: 'مغلقة',
    cancelled: 'ملغاة',
    first_response: 'الرد الأول',
    next_response: 'الرد التالي',
    periodic_update: 'التحديث الدوري',
    resolution: 'الحل',
    urgent: '، عاجل',
    workingTime: ' من وقت العمل',
    noTime: 'لا شيء',
    somebody: 'بكم',
    team: 'فريق الدعم'
  },
  sentences: {
    unassigned: 'لا أحد يعمل على هذه التذكرة: لم تُسند إلى أحد.',
    inactive: 'لا أحد يعمل على هذه التذكرة: من أُسندت إليه لم يعد نشطًا.',
    urgent: 'هذا عاجل.',
    open: 'ما زال معلقًا:',
    'open.breached': '- {metric}: فات موعده، وكان {dueAt}',
    'open.due': '- {metric}: موعده {dueAt}',
    'open.paused': '- {metric}: متوقف مؤقتًا',
    'open.waiting': '- العميل ينتظر ردًا منذ {since}'
  },
  texts: {
    'ticket.created/customer': {
      subject: '\u200f[{number}] استلمنا طلبكم: {subject}',
      body: 'مرحبًا {name}،\n\nاستلمنا طلبكم «{subject}». رقمه {number}.\n\nسنكتب إليكم حالما يستجد أي جديد.'
    },
    'ticket.assigned/staff': {
      subject: '\u200f[{number}] أُسندت إليك: {subject}',
      body: 'مرحبًا {name}،\n\nأُسندت إليك التذكرة {number} «{subject}».'
    },
    'ticket.unassigned/staff': {
      subject: '\u200f[{number}] بلا مسؤول: {subject}',
      body: 'مرحبًا {name}،\n\nالتذكرة {number} «{subject}» تنتظر من يتولاها.'
    },
    'ticket.reopened/staff': {
      subject: '\u200f[{number}] أُعيد فتحها: {subject}',
      body: 'مرحبًا {name}،\n\nأُعيد فتح التذكرة {number} «{subject}» وهي الآن {status}.'
    },
    'ticket.message-added/customer': {
      subject: '\u200f[{number}] رد من {actor}: {subject}',
      body: 'مرحبًا {name}،\n\nكتب {actor} بخصوص طلبكم {number}:\n\n{excerpt}'
    },
    'ticket.message-added/staff': {
      subject: '\u200f[{number}] رسالة جديدة: {subject}',
      body: 'مرحبًا {name}،\n\nكتب العميل في التذكرة {number}:\n\n{excerpt}'
    },
    'ticket.waiting_on_customer/customer': {
      subject: '\u200f[{number}] نحتاج إلى ردكم: {subject}',
      body: 'مرحبًا {name}،\n\nللمضي في طلبكم {number} نحتاج إلى رد منكم.'
    },
    'ticket.resolved/customer': {
      subject: '\u200f[{number}] تم الحل: {subject}',
      body: 'مرحبًا {name}،\n\nتم حل طلبكم {number} «{subject}». إن لم يكن كذلك فأجيبوا على هذه الرسالة وسيُعاد فتحه.'
    },
    'ticket.closed/customer': {
      subject: '\u200f[{number}] أُغلق: {subject}',
      body: 'مرحبًا {name}،\n\nأُغلق طلبكم {number} «{subject}».'
    },
    'clock.warned/staff': {
      subject: '\u200f[{number}] تنبيه{urgent} ({mark}): موعد {metric} هو {dueAt}',
      body: 'مرحبًا {name}،\n\n' +
        'مضى {mark} من وقت {metric} للتذكرة {number} «{subject}». الموعد هو {dueAt}، والمتبقي {left}.'
    },
    'clock.reminded/staff': {
      subject: '\u200f[{number}] تذكير{urgent} ({mark} قبل الموعد): موعد {metric} هو {dueAt}',
      body: 'مرحبًا {name}،\n\n' +
        'تذكير، {mark} قبل الموعد: موعد {metric} للتذكرة {number} «{subject}» هو {dueAt}، والمتبقي {left}.'
    },
    'clock.breached/staff': {
      subject: '\u200f[{number}] فات موعد {metric}: {dueAt}',
      body: 'مرحبًا {name}،\n\nكان موعد {metric} للتذكرة {number} «{subject}» هو {dueAt} وقد فات.'
    },
    'clock.overdue/staff': {
      subject: '\u200f[{number}] ما زال فائتًا{urgent} ({mark} بعد الموعد): كان موعد {metric} هو {dueAt}',
      body: 'مرحبًا {name}،\n\n' +
        'كان موعد {metric} للتذكرة {number} «{subject}» هو {dueAt}. والآن، {mark} بعد الموعد، لم يتم بعد.'
    },
    'clock.resumed/staff': {
      subject: '\u200f[{number}] فُتحت من جديد وفات موعد {metric}: {dueAt}',
      body: 'مرحبًا {name}،\n\nالتذكرة {number} «{subject}» مفتوحة من جديد. كان موعد {metric} هو {dueAt} وقد فات.'
    },
    'clock.breach-withdrawn/staff': {
      subject: '\u200f[{number}] لم يفت موعد {metric}',
      body: 'مرحبًا {name}،\n\n' +
        'أخبرناكم بفوات موعد {metric} للتذكرة {number} «{subject}»، وهو {dueAt}. وبحسب ما نعلمه الآن لم يفت.'
    },
    'escalation.level-reached/staff': {
      subject: '\u200f[{number}] تصعيد ({level}): {subject}',
      body: 'مرحبًا {name}،\n\n' +
        'صُعّدت التذكرة {number} «{subject}» إلى «{level}» لأن موعد {metric} يحتاج إلى انتباه.\n\n' +
        'يرجى تأكيد استلام التصعيد {escalationId}.'
    }
  }
}

import type { LanguageTexts } from './texts.ts'

export const arabic: LanguageTexts = {
  words: {
    new: 'جديدة', open: 'مفتوحة', waiting_on_customer: 'بانتظار ردكم', waiting_on_vendor: 'بانتظار المورّد', resolved: 'محلولة', closed: 'مغلقة', cancelled: 'ملغاة',
    first_response: 'الرد الأول', next_response: 'الرد التالي', periodic_update: 'التحديث الدوري', resolution: 'الحل'
  },
  texts: {
    'ticket.created/customer': { subject: '[{number}] استلمنا طلبكم: {subject}', body: 'مرحبًا {name}،\n\nاستلمنا طلبكم «{subject}». رقمه {number}.\n\nسنكتب إليكم حالما يستجد أي جديد.' },
    'ticket.assigned/assignee': { subject: '[{number}] أُسندت إليك: {subject}', body: 'مرحبًا {name}،\n\nأُسندت إليك التذكرة {number} «{subject}».' },
    'ticket.reopened/assignee': { subject: '[{number}] أُعيد فتحها: {subject}', body: 'مرحبًا {name}،\n\nأُعيد فتح التذكرة {number} «{subject}» وهي الآن {status}.' },
    'ticket.message-added/customer': { subject: '[{number}] رد من {actor}: {subject}', body: 'مرحبًا {name}،\n\nكتب {actor} بخصوص طلبكم {number}:\n\n{excerpt}' },
    'ticket.message-added/assignee': { subject: '[{number}] رسالة جديدة: {subject}', body: 'مرحبًا {name}،\n\nكتب العميل في التذكرة {number}:\n\n{excerpt}' },
    'ticket.waiting_on_customer/customer': { subject: '[{number}] نحتاج إلى ردكم: {subject}', body: 'مرحبًا {name}،\n\nللمضي في طلبكم {number} نحتاج إلى رد منكم.' },
    'ticket.resolved/customer': { subject: '[{number}] تم الحل: {subject}', body: 'مرحبًا {name}،\n\nتم حل طلبكم {number} «{subject}». إن لم يكن كذلك فأجيبوا على هذه الرسالة وسيُعاد فتحه.' },
    'ticket.closed/customer': { subject: '[{number}] أُغلق: {subject}', body: 'مرحبًا {name}،\n\nأُغلق طلبكم {number} «{subject}».' },
    'clock.warned': { subject: '[{number}] تنبيه: موعد {metric} هو {dueAt}', body: 'مرحبًا {name}،\n\nموعد {metric} للتذكرة {number} «{subject}» هو {dueAt}.' },
    'clock.reminded': { subject: '[{number}] تذكير: موعد {metric} هو {dueAt}', body: 'مرحبًا {name}،\n\nتذكير: موعد {metric} للتذكرة {number} «{subject}» هو {dueAt}.' },
    'clock.breached': { subject: '[{number}] فات موعد {metric}: {dueAt}', body: 'مرحبًا {name}،\n\nكان موعد {metric} للتذكرة {number} «{subject}» هو {dueAt} وقد فات.' },
    'escalation.level-reached': { subject: '[{number}] تصعيد ({level}): {subject}', body: 'مرحبًا {name}،\n\nصُعّدت التذكرة {number} «{subject}» إلى «{level}» لأن موعد {metric} يحتاج إلى انتباه. يرجى تأكيد الاستلام.' }
  }
}

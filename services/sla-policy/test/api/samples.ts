import type { CalendarSpec } from '@dueline/client'
import { systemIds } from '@dueline/runtime'
import { deadLetterSamples, type Samples, type SampleWorld } from '@dueline/testkit'
import { fact, snapshot, type Harness } from './harness.ts'

type World = SampleWorld<'sla-policy'>

const spec: CalendarSpec = { timezone: 'UTC', weekly: { mon: [['09:00', '17:00']] } }
const from = '2026-03-02T08:00:00Z'
const to = '2026-03-03T08:00:00Z'
const targets = { resolution: 'PT1H' }

/** How each operation of the service is called rightly. */
export function samples ({ facts, database, bus }: Harness): Samples<'sla-policy'> {
  return {
    ...catalogue,
    ...calendars,
    ...slaTable,
    publishPolicyVersion: { request: ({ unique }) => ({ body: { effect: 'new_tickets', note: unique('Spring') } }) },
    listPolicyVersions: {
      async request ({ make }) {
        await make('publishPolicyVersion')
        return {}
      }
    },
    previewPolicyVersion: { request: () => ({ body: { effect: 'retroactive' } }) },
    getPolicyVersion: {
      request: async ({ make }) => ({ path: { version: (await make('publishPolicyVersion')).version } })
    },
    listAgreements: {
      async request ({ tenant }) {
        const ticketId = systemIds.next()
        await facts(fact('created', snapshot({ id: ticketId }), { of: tenant }))
        return { query: { ticketId } }
      }
    },
    resolveAgreement: { request: () => ({ body: { ticket: { type: 'request', priority: 'P1', severity: 'low' } } }) },
    ...deadLetterSamples('SlaPolicy', { database, bus })
  }
}

const catalogue = {
  createProduct: {
    request: ({ unique }) => ({ body: { name: unique('Printer') } }),
    answers: { catalogue_name_taken: async ({ make }) => ({ body: { name: (await make('createProduct')).name } }) }
  },
  exportCatalogue: {
    async request ({ make }) {
      await make('createProduct')
      return { query: { format: 'xlsx' } }
    }
  },
  importCatalogue: {
    request: ({ unique }) => ({ body: `kind,name\r\nproduct,${unique('Scanner')}\r\n` })
  },
  listProducts: {
    async request ({ make }) {
      await make('createProduct')
      return { query: { q: 'print', active: true } }
    }
  },
  getProduct: { request: async ({ make }) => ({ path: { productId: (await make('createProduct')).id } }) },
  updateProduct: {
    request: async ({ make, unique }) => ({
      path: { productId: (await make('createProduct')).id },
      body: { name: unique('Copier') }
    }),
    answers: {
      catalogue_name_taken: async ({ make }) => ({
        path: { productId: (await make('createProduct')).id },
        body: { name: (await make('createProduct')).name }
      })
    }
  },
  createModule: {
    request: async ({ make, unique }) => ({
      body: { productId: (await make('createProduct')).id, name: unique('Tray') }
    }),
    answers: {
      async catalogue_name_taken ({ make }) {
        const { productId, name } = await make('createModule')
        return { body: { productId, name } }
      }
    }
  },
  listModules: {
    request: async ({ make }) => ({ query: { productId: (await make('createModule')).productId } })
  },
  getModule: { request: async ({ make }) => ({ path: { moduleId: (await make('createModule')).id } }) },
  updateModule: {
    request: async ({ make }) => ({ path: { moduleId: (await make('createModule')).id }, body: { active: false } }),
    answers: {
      async catalogue_name_taken ({ make }) {
        const { productId, name } = await make('createModule')
        return { path: { moduleId: (await make('createModule', { productId })).id }, body: { name } }
      }
    }
  },
  createQuestion: {
    request: async ({ make, unique }) => ({
      body: { moduleId: (await make('createModule')).id, name: unique('Jam') }
    }),
    answers: {
      async catalogue_name_taken ({ make }) {
        const { moduleId, name } = await make('createQuestion')
        return { body: { moduleId, name } }
      }
    }
  },
  listQuestions: {
    request: async ({ make }) => ({ query: { moduleId: (await make('createQuestion')).moduleId } })
  },
  getQuestion: { request: async ({ make }) => ({ path: { questionId: (await make('createQuestion')).id } }) },
  updateQuestion: {
    request: async ({ make }) => ({ path: { questionId: (await make('createQuestion')).id }, body: { active: false } }),
    answers: {
      async catalogue_name_taken ({ make }) {
        const { moduleId, name } = await make('createQuestion')
        return { path: { questionId: (await make('createQuestion', { moduleId })).id }, body: { name } }
      }
    }
  }
} satisfies Partial<Samples<'sla-policy'>>

const holidayFile = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'BEGIN:VEVENT',
  'UID:unity-day@example.com',
  'DTSTART;VALUE=DATE:20261003',
  'SUMMARY:Unity Day',
  'END:VEVENT',
  'END:VCALENDAR',
  ''
].join('\r\n')

const calendarPath = async ({ make }: World) => ({ calendarId: (await make('createCalendar')).id })

const calendars = {
  createCalendar: {
    request: ({ unique }) => ({ body: { name: unique('Office'), spec } }),
    answers: {
      calendar_name_taken: async ({ make }) => ({ body: { name: (await make('createCalendar')).name, spec } })
    }
  },
  listCalendars: {
    async request ({ make }) {
      await make('createCalendar')
      return {}
    }
  },
  getCalendar: { request: async (world) => ({ path: await calendarPath(world) }) },
  createCalendarVersion: { request: async (world) => ({ path: await calendarPath(world), body: { spec } }) },
  importCalendar: {
    async request (world) {
      return { path: await calendarPath(world), body: holidayFile }
    }
  },
  listCalendarVersions: { request: async (world) => ({ path: await calendarPath(world) }) },
  listOpenIntervals: { request: async (world) => ({ path: await calendarPath(world), query: { from, to } }) },
  addToCalendar: {
    request: async (world) => ({ path: await calendarPath(world), body: { from, duration: 'PT1H' } })
  },
  diffInCalendar: { request: async (world) => ({ path: await calendarPath(world), body: { from, to } }) },
  listHolidayCountries: { request: () => ({}), withoutDatabase: true },
  listHolidays: { request: () => ({ query: { country: 'SA', year: 2027 } }), withoutDatabase: true }
} satisfies Partial<Samples<'sla-policy'>>

const forbidOverlap = async ({ make }: World) => await make('updateSlaPolicySettings', { forbidOverlap: true })

const slaTable = {
  createSlaRow: {
    request: ({ unique }) => ({ body: { name: unique('Row'), targets } }),
    answers: {
      async sla_row_overlaps (world) {
        await forbidOverlap(world)
        await world.make('createSlaRow')
        return { body: { name: 'the same again', targets } }
      }
    }
  },
  listSlaRows: {
    async request ({ make }) {
      await make('createSlaRow')
      return { query: { kind: 'sla', q: 'row' } }
    }
  },
  getSlaRowSchema: { request: () => ({}), withoutDatabase: true },
  getSlaRow: { request: async ({ make }) => ({ path: { slaRowId: (await make('createSlaRow')).id } }) },
  updateSlaRow: {
    request: async ({ make }) => ({ path: { slaRowId: (await make('createSlaRow')).id }, body: { rank: 1 } }),
    answers: {
      async sla_row_overlaps (world) {
        await forbidOverlap(world)
        await world.make('createSlaRow')
        const other = await world.make('createSlaRow', { active: false })
        return { path: { slaRowId: other.id }, body: { active: true } }
      }
    }
  },
  listSlaRowFindings: {
    async request ({ make }) {
      await make('createSlaRow')
      return {}
    }
  },
  exportSlaRows: {
    async request ({ make }) {
      await make('createSlaRow')
      return { query: { format: 'csv' } }
    }
  },
  importSlaRows: {
    request: ({ unique }) => ({ body: `name,targets.resolution\r\n${unique('Row')},PT1H\r\n` })
  },
  changeSlaRows: {
    request: async ({ make }) => ({ body: { rows: { ids: [(await make('createSlaRow')).id] }, change: { rank: 2 } } })
  },
  deleteSlaRow: { request: async ({ make }) => ({ path: { slaRowId: (await make('createSlaRow')).id } }) },
  listSlaPolicyPresets: { request: () => ({}), withoutDatabase: true },
  getSlaPolicySettings: { request: () => ({}) },
  updateSlaPolicySettings: {
    request: ({ unique }) => ({
      body: {
        forbidOverlap: false,
        defaults: { P3: { targets: { resolution: `PT${unique('').trim()}H` }, calendarId: null } }
      }
    }),
    answers: {
      async sla_row_overlaps ({ make }) {
        await make('createSlaRow')
        await make('createSlaRow')
        return { body: { forbidOverlap: true, defaults: {} } }
      }
    }
  }
} satisfies Partial<Samples<'sla-policy'>>

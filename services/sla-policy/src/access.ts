// Who may do what here: the only place in this service that names roles. `docs/access.md` shows it to readers.
import type { Role } from '@dueline/contracts'
import { authorizer, type Grant } from '@dueline/http'

/** Who edits the catalogue, the SLA table, calendars and policies. */
const editors: readonly Role[] = ['sales', 'admin']
/** Who may read them. */
const staff: readonly Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator']
/** The catalogue is what customers choose from. */
const everybody: readonly Role[] = ['customer', ...staff]

/** The roles that may call each operation, by its `operationId`. */
export const access = {
  getModule: everybody,
  getProduct: everybody,
  getQuestion: everybody,
  listModules: everybody,
  listProducts: everybody,
  listQuestions: everybody,
  resolveAgreement: everybody,
  addToCalendar: staff,
  diffInCalendar: staff,
  exportCatalogue: staff,
  exportSlaRows: staff,
  getCalendar: staff,
  getPolicyVersion: staff,
  getSlaPolicySettings: staff,
  getSlaRow: staff,
  getSlaRowSchema: staff,
  listAgreements: staff,
  listCalendarVersions: staff,
  listCalendars: staff,
  listHolidayCountries: staff,
  listHolidays: staff,
  listOpenIntervals: staff,
  listPolicyVersions: staff,
  listSlaPolicyPresets: staff,
  listSlaRowFindings: staff,
  listSlaRows: staff,
  changeSlaRows: editors,
  createCalendar: editors,
  createCalendarVersion: editors,
  createModule: editors,
  createProduct: editors,
  createQuestion: editors,
  createSlaRow: editors,
  deleteSlaRow: editors,
  importCalendar: editors,
  importCatalogue: editors,
  importSlaRows: editors,
  previewPolicyVersion: editors,
  publishPolicyVersion: editors,
  updateModule: editors,
  updateProduct: editors,
  updateQuestion: editors,
  updateSlaPolicySettings: editors,
  updateSlaRow: editors
} as const satisfies Record<string, readonly Role[]>

/** What is decided by who asks for an agreement. */
const grants = {
  /** To ask for any customer, of every kind and of the draft, and to see rows and what they say of the staff. */
  seeRows: { roles: staff }
} as const satisfies Record<string, Grant>

/** Whether the caller may do what is decided by who asks. */
export const authorize = authorizer(grants)

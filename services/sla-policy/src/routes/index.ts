import type { App } from '@dueline/http'
import { postSlaRowsChange } from './post-sla-rows-change.route.ts'
import { deleteSlaRow } from './delete-sla-row.route.ts'
import { getSlaRowsExport } from './get-sla-rows-export.route.ts'
import { getCatalogueExport } from './get-catalogue-export.route.ts'
import { getCalendar } from './get-calendar.route.ts'
import { getModule } from './get-module.route.ts'
import { getOpenIntervals } from './get-open-intervals.route.ts'
import { getPolicyVersion } from './get-policy-version.route.ts'
import { getProduct } from './get-product.route.ts'
import { getQuestion } from './get-question.route.ts'
import { getSlaPolicySettings } from './get-sla-policy-settings.route.ts'
import { getSlaRowSchema } from './get-sla-row-schema.route.ts'
import { getSlaRow } from './get-sla-row.route.ts'
import { postSlaRowsImport } from './post-sla-rows-import.route.ts'
import { listAgreements } from './list-agreements.route.ts'
import { listCalendarVersions } from './list-calendar-versions.route.ts'
import { listCalendars } from './list-calendars.route.ts'
import { listHolidayCountries } from './list-holiday-countries.route.ts'
import { listHolidays } from './list-holidays.route.ts'
import { listModules } from './list-modules.route.ts'
import { listPolicyVersions } from './list-policy-versions.route.ts'
import { listProducts } from './list-products.route.ts'
import { listQuestions } from './list-questions.route.ts'
import { listSlaPolicyPresets } from './list-sla-policy-presets.route.ts'
import { listSlaRowFindings } from './list-sla-row-findings.route.ts'
import { listSlaRows } from './list-sla-rows.route.ts'
import { patchModule } from './patch-module.route.ts'
import { patchProduct } from './patch-product.route.ts'
import { patchQuestion } from './patch-question.route.ts'
import { patchSlaRow } from './patch-sla-row.route.ts'
import { postAgreementResolve } from './post-agreement-resolve.route.ts'
import { postCalendarAdd } from './post-calendar-add.route.ts'
import { postCalendarDiff } from './post-calendar-diff.route.ts'
import { postCalendarImport } from './post-calendar-import.route.ts'
import { postCalendarVersion } from './post-calendar-version.route.ts'
import { postCalendar } from './post-calendar.route.ts'
import { postCatalogueImport } from './post-catalogue-import.route.ts'
import { postModule } from './post-module.route.ts'
import { postPolicyVersionPreview } from './post-policy-version-preview.route.ts'
import { postPolicyVersion } from './post-policy-version.route.ts'
import { postProduct } from './post-product.route.ts'
import { postQuestion } from './post-question.route.ts'
import { postSlaRow } from './post-sla-row.route.ts'
import { putSlaPolicySettings } from './put-sla-policy-settings.route.ts'
import type { RouteDeps } from './route-deps.ts'

/** Every operation of the service. */
export const routes: ReadonlyArray<(app: App, deps: RouteDeps) => void> = [
  postProduct,
  listProducts,
  getProduct,
  patchProduct,
  postModule,
  listModules,
  getModule,
  patchModule,
  postQuestion,
  listQuestions,
  getQuestion,
  patchQuestion,
  getCatalogueExport,
  postCatalogueImport,
  postCalendar,
  listCalendars,
  getCalendar,
  postCalendarVersion,
  postCalendarImport,
  listCalendarVersions,
  getOpenIntervals,
  postCalendarAdd,
  postCalendarDiff,
  listHolidayCountries,
  listHolidays,
  postSlaRow,
  listSlaRows,
  getSlaRowSchema,
  listSlaRowFindings,
  listSlaPolicyPresets,
  getSlaRowsExport,
  postSlaRowsImport,
  postSlaRowsChange,
  getSlaRow,
  patchSlaRow,
  deleteSlaRow,
  getSlaPolicySettings,
  putSlaPolicySettings,
  postPolicyVersion,
  postPolicyVersionPreview,
  listPolicyVersions,
  getPolicyVersion,
  listAgreements,
  postAgreementResolve
]

import type { App } from '@dueline/http'
import { postAssignmentRule } from './post-assignment-rule.route.ts'
import { postCustomField } from './post-custom-field.route.ts'
import { getCustomFields } from './get-custom-fields.route.ts'
import { getCustomField } from './get-custom-field.route.ts'
import { patchCustomField } from './patch-custom-field.route.ts'
import { deleteCustomField } from './delete-custom-field.route.ts'
import { getAssignmentRules } from './get-assignment-rules.route.ts'
import { getAssignmentSettings } from './get-assignment-settings.route.ts'
import { getAssignmentRule } from './get-assignment-rule.route.ts'
import { patchAssignmentRule } from './patch-assignment-rule.route.ts'
import { deleteAssignmentRule } from './delete-assignment-rule.route.ts'
import { postAssignmentSimulation } from './post-assignment-simulation.route.ts'
import { getAssignmentExplanation } from './get-assignment-explanation.route.ts'
import { getTeamQueue } from './get-team-queue.route.ts'
import { postTeamNext } from './post-team-next.route.ts'
import { getMessages } from './get-messages.route.ts'
import { getOrganizationOverview } from './get-organization-overview.route.ts'
import { getTeamOverview } from './get-team-overview.route.ts'
import { getTicketImportLines } from './get-ticket-import-lines.route.ts'
import { getTicketImport } from './get-ticket-import.route.ts'
import { getTicketCounts } from './get-ticket-counts.route.ts'
import { getPersonProfile } from './get-person-profile.route.ts'
import { getTicket } from './get-ticket.route.ts'
import { getTickets } from './get-tickets.route.ts'
import { getTimeline } from './get-timeline.route.ts'
import type { RouteDeps } from './route-deps.ts'
import { patchTicket } from './patch-ticket.route.ts'
import { postAssignment } from './post-assignment.route.ts'
import { postMessage } from './post-message.route.ts'
import { postTicketBatch } from './post-ticket-batch.route.ts'
import { postTicketImport } from './post-ticket-import.route.ts'
import { postTicketUpdates } from './post-ticket-updates.route.ts'
import { postTicket } from './post-ticket.route.ts'
import { postTransition } from './post-transition.route.ts'
import { putAssignmentSettings } from './put-assignment-settings.route.ts'

/** Every operation of the service. */
export const routes: ReadonlyArray<(app: App, deps: RouteDeps) => void> = [
  postTicket,
  getTickets,
  getTicketCounts,
  getPersonProfile,
  getTeamOverview,
  getOrganizationOverview,
  postTicketBatch,
  postTicketUpdates,
  getTicket,
  patchTicket,
  postMessage,
  getMessages,
  postTransition,
  postAssignment,
  postCustomField,
  getCustomFields,
  getCustomField,
  patchCustomField,
  deleteCustomField,
  postAssignmentRule,
  getAssignmentRules,
  getAssignmentRule,
  patchAssignmentRule,
  deleteAssignmentRule,
  getAssignmentSettings,
  putAssignmentSettings,
  postAssignmentSimulation,
  getAssignmentExplanation,
  getTeamQueue,
  postTeamNext,
  getTimeline,
  postTicketImport,
  getTicketImport,
  getTicketImportLines
]

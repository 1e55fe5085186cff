import type { App } from '@dueline/http'
import { deleteEscalationPolicyRoute } from './delete-escalation-policy.route.ts'
import { getEscalation } from './get-escalation.route.ts'
import { getEscalations } from './get-escalations.route.ts'
import { getEscalationPolicyPresets } from './get-escalation-policy-presets.route.ts'
import { getEscalationPolicy } from './get-escalation-policy.route.ts'
import { getEscalationPolicies } from './get-escalation-policies.route.ts'
import { patchEscalationPolicy } from './patch-escalation-policy.route.ts'
import { postAcknowledge } from './post-acknowledge.route.ts'
import { postEscalationPolicy } from './post-escalation-policy.route.ts'
import { postRaise } from './post-raise.route.ts'
import type { RouteDeps } from './route-deps.ts'

/** Every operation of the service. */
export const routes: ReadonlyArray<(app: App, deps: RouteDeps) => void> = [
  postEscalationPolicy,
  getEscalationPolicies,
  getEscalationPolicyPresets,
  getEscalationPolicy,
  patchEscalationPolicy,
  deleteEscalationPolicyRoute,
  getEscalations,
  getEscalation,
  postAcknowledge,
  postRaise
]

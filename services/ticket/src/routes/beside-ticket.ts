import {
  AgreementKindSchema,
  ClockStateSchema,
  Duration,
  Instant,
  MetricSchema,
  nullable,
  PauseReasonSchema,
  Uuid
} from '@dueline/contracts'
import { Type } from 'typebox'

/** A clock as it was when it last changed, on the wire. */
export const TicketClockSchema = Type.Object(
  {
    id: Uuid,
    kind: AgreementKindSchema,
    metric: MetricSchema,
    cycle: Type.Integer({ minimum: 1 }),
    state: ClockStateSchema,
    pausedFor: Type.Array(PauseReasonSchema),
    target: Duration,
    consumed: { ...Duration, description: 'As of `asOf`' },
    dueAt: nullable(Instant),
    startedAt: Instant,
    stoppedAt: nullable(Instant),
    warnedAt: nullable(Instant),
    breachedAt: nullable(Instant),
    sequence: Type.Integer({ minimum: 1 }),
    asOf: Instant
  },
  { title: 'TicketClock', description: 'A copy of a clock as it was when it last changed, `asOf`' }
)

/** A team as far as a ticket's reader needs it, on the wire. */
export const TicketTeamSchema = Type.Object({
  id: Uuid,
  name: Type.String(),
  leadId: nullable(Uuid),
  memberIds: Type.Array(Uuid),
  active: Type.Boolean()
}, { title: 'TicketTeam', description: 'A copy of the team that has a ticket; null for customers' })

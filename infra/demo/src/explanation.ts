import type { Client, AnswerOf, DuelineEvent } from '@dueline/client'
import { cast } from './cast.ts'

type Explanation = AnswerOf<'explainAssignment'>
type Verdict = Explanation['rules'][number]['candidates'][number]['verdict']

const verdicts: Record<Verdict, string> = {
  chosen: 'is taken',
  others_first: 'comes after others',
  unknown: 'is not of the staff',
  not_available: 'is not available',
  no_capacity: 'has no room',
  other_language: 'speaks another language'
}

/** Whether an event says that this ticket was given to the agent by a rule. */
export function isAssigned ({ id }: { id: string }): (event: DuelineEvent) => boolean {
  return ({ type, subject, data }) =>
    type === 'dueline.ticket.assigned.v1' && subject === `ticket/${id}` && data.ruleId !== null &&
    data.ticket.assigneeId === cast.agent.id
}

/** Why a ticket went to whom it went, and what kept each of the others from it, in one line. */
export async function explanationOf (client: Client, ticketId: string): Promise<string> {
  const path = { ticketId }
  const { data: { why, rules } } = await client.get('/v1/tickets/{ticketId}/assignment-explanation', { path })
  const people = Object.values(cast)
  const each = rules.flatMap(({ candidates }) => candidates).map(({ personId, verdict }) =>
    `${people.find(({ id }) => id === personId)?.screenName ?? personId} ${verdicts[verdict]}`
  )
  return [why, ...each].join('; ')
}

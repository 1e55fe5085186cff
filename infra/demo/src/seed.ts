import { isProblem, type BodyOf, type Client } from '@dueline/client'
import { orAborted } from '@dueline/runtime'
import { cast, type DemoAccess } from './cast.ts'

/** What the demonstration's tickets refer to. */
export interface DemoSeed {
  questionId: string
}

const productName = 'Demonstration'
const ruleName = 'Demonstration rule'
/** The most there is: demonstrations that were ended by force leave tickets open, which take of it. */
const agentCapacityPoints = 100_000

/**
 * Makes the demo tenant's people, catalogue, escalation policy and agreement, in seconds instead of hours, and the rule
 * that gives its tickets to the agent; does nothing that is done already, so it can run on every start.
 * @throws the reason of `signal`: nobody waits for what is still being made then
 */
export async function seedDemo ({ as }: DemoAccess, signal?: AbortSignal): Promise<DemoSeed> {
  return await orAborted(seed(as), signal)
}

async function seed (as: DemoAccess['as']): Promise<DemoSeed> {
  await makePerson(as.admin, { ...cast.ceo, managerId: null })
  await makePerson(as.admin, { ...cast.manager, managerId: cast.ceo.id })
  await makePerson(as.admin, { ...cast.agent, managerId: cast.manager.id })
  await makePerson(as.admin, { ...cast.customer, managerId: null })
  await setCapacity(as.manager, cast.agent.id, agentCapacityPoints)
  await setCapacity(as.manager, cast.manager.id, 0)
  const product = await findOrMake(as.sales, '/v1/products', { name: productName })
  const module = await findOrMake(as.sales, '/v1/modules', { name: 'Quick agreements', productId: product.id })
  const question = await findOrMake(as.sales, '/v1/questions', { name: 'Something is broken', moduleId: module.id })
  await publishSlaRow(as, question.id)
  await makeRule(as, question.id)
  return { questionId: question.id }
}

async function makePerson (admin: Client, person: BodyOf<'createPerson'>): Promise<void> {
  await admin.post('/v1/people', { body: person }).catch((error: unknown) => {
    if (!isProblem(error, 'person_exists')) throw error
  })
}

async function setCapacity (manager: Client, personId: string, capacityPoints: number): Promise<void> {
  await manager.put('/v1/people/{personId}/capacity', { path: { personId }, body: { capacityPoints } })
}

/** Gives tickets about a question to whoever of the agent and the lead has room: the lead has none. */
async function makeRule (as: DemoAccess['as'], questionId: string): Promise<void> {
  const memberIds = [cast.agent.id, cast.manager.id]
  const team = await findOrMake(as.manager, '/v1/teams', {
    name: 'Demonstration desk',
    leadId: cast.manager.id,
    memberIds
  })
  const { items } = (await as.manager.get('/v1/assignment-rules')).data
  if (items.some(({ name }) => name === ruleName)) return
  await as.manager.post('/v1/assignment-rules', {
    body: {
      name: ruleName,
      rank: 1,
      condition: { field: 'ticket.questionId', op: 'eq', value: questionId },
      pool: { kind: 'team', teamId: team.id }
    }
  })
}

interface Named {
  id: string
  name: string
}

/** What there can be one of by each name, and what makes one. */
interface Bodies {
  '/v1/products': BodyOf<'createProduct'>
  '/v1/modules': BodyOf<'createModule'>
  '/v1/questions': BodyOf<'createQuestion'>
  '/v1/teams': BodyOf<'createTeam'>
  '/v1/escalation-policies': BodyOf<'createEscalationPolicy'>
}

async function findOrMake<P extends keyof Bodies> (client: Client, path: P, body: Bodies[P]): Promise<Named> {
  for await (const item of client.paginate<keyof Bodies>(path)) if (item.name === body.name) return item
  return (await client.post<keyof Bodies>(path, { body: body as never })).data
}

/** First response in 3 s, warned at half of it; one second later level 1, two more without an answer level 2. */
async function publishSlaRow (as: DemoAccess['as'], questionId: string): Promise<void> {
  const name = 'Demonstration agreement'
  for await (const row of as.sales.paginate('/v1/sla-rows')) if (row.name === name) return
  const policy = await findOrMake(as.admin, '/v1/escalation-policies', {
    name: 'Demonstration escalation policy',
    levels: [
      {
        name: 'Desk and lead',
        trigger: { afterDeadline: 'PT1S' },
        targets: [{ assignee: true }, { role: 'manager', via: 'reporting_line' }],
        actions: [{ notify: true }]
      },
      {
        name: 'Chief',
        trigger: { unacknowledgedFor: 'PT2S' },
        targets: [{ role: 'ceo', via: 'reporting_line' }],
        actions: [{ notify: true }, { raisePriority: 'one_step' }]
      },
      {
        name: 'Everybody',
        trigger: { unacknowledgedFor: 'PT10M' },
        targets: [{ role: 'ceo', via: 'tenant' }],
        actions: [{ notify: true }]
      }
    ]
  })
  const slaRow = {
    name,
    questionId,
    kind: 'sla' as const,
    targets: { first_response: 'PT3S', resolution: 'PT10M' },
    reminders: [{ percent: 50 }],
    escalationPolicyId: policy.id
  }
  await as.sales.post('/v1/sla-rows', { body: slaRow })
  await as.sales.post('/v1/policy-versions', { body: { effect: 'new_tickets' } })
}

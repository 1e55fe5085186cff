import { isDeepStrictEqual } from 'node:util'
import type { BodyOf, Client } from '@dueline/client'
import { orAborted } from '@dueline/runtime'
import { cast, type DemoAccess } from './cast.ts'
import { seedPeople } from './seed-people.ts'
import { DemoRefused, readSlaTable, refuseOtherChanges } from './sla-table.ts'

/** What the demonstration's tickets refer to. */
export interface DemoSeed {
  questionId: string
}

const rowName = 'Demonstration agreement'
const ruleName = 'Demonstration rule'
/** The most there is: demonstrations that were ended by force leave tickets open, which take of it. */
const agentCapacityPoints = 100_000

/**
 * Makes the tenant's people of the demonstration, its catalogue, escalation policy and agreement, in seconds instead of
 * hours, and the rule that gives its tickets to the agent; does nothing that is done already, so it can run on every
 * start. What the tenant has set is left as it is.
 * @throws DemoRefused before anything is made, when its agreement could only be published with changes of others
 * @throws the reason of `signal`: nobody waits for what is still being made then
 */
export async function seedDemo (access: DemoAccess, signal?: AbortSignal): Promise<DemoSeed> {
  return await orAborted(seed(access), signal)
}

async function seed (access: DemoAccess): Promise<DemoSeed> {
  const { as } = access
  const isOwn = ({ name }: { name: string }): boolean => name === rowName
  const table = await readSlaTable(as.sales)
  const published = table.published.find(isOwn)
  const draft = table.rows.find(isOwn)
  if (published === undefined) {
    refuseOtherChanges(table, rowName)
    if (draft?.active === false) {
      throw new DemoRefused(`its SLA row: make "${rowName}" active or delete it, then run the demonstration again`)
    }
  }
  await seedPeople(access)
  await setCapacity(as.manager, cast.agent.id, agentCapacityPoints)
  await setCapacity(as.manager, cast.manager.id, 0)
  const questionId = (published ?? draft)?.questionId ?? await makeQuestion(as.sales)
  if (published === undefined) {
    if (draft === undefined) await makeSlaRow(as, questionId)
    await as.sales.post('/v1/policy-versions', { body: { effect: 'new_tickets' } })
  }
  await makeRule(as, questionId)
  return { questionId }
}

async function makeQuestion (sales: Client): Promise<string> {
  const product = await findOrMake(sales, '/v1/products', { name: 'Demonstration' })
  const module = await findOrMake(sales, '/v1/modules', { name: 'Quick agreements', productId: product.id })
  return (await findOrMake(sales, '/v1/questions', { name: 'Something is broken', moduleId: module.id })).id
}

/** Unless the tenant has set one. */
async function setCapacity (manager: Client, personId: string, capacityPoints: number): Promise<void> {
  const path = { personId }
  const { data: set } = await manager.get('/v1/people/{personId}/capacity', { path })
  if (set.capacityPoints !== null) return
  await manager.put('/v1/people/{personId}/capacity', { path, body: { capacityPoints } })
}

/** Gives tickets about a question to whoever of the agent and the lead has room: the lead has none. */
async function makeRule (as: DemoAccess['as'], questionId: string): Promise<void> {
  const memberIds = [cast.agent.id, cast.manager.id]
  const team = await findOrMake(as.manager, '/v1/teams', {
    name: 'Demonstration desk',
    leadId: cast.manager.id,
    memberIds
  })
  const condition = { field: 'ticket.questionId', op: 'eq', value: questionId } as const
  const { items } = (await as.manager.get('/v1/assignment-rules')).data
  if (items.some((rule) => rule.name === ruleName && isDeepStrictEqual(rule.condition, condition))) return
  await as.manager.post('/v1/assignment-rules', {
    body: {
      name: ruleName,
      // before rules for all tickets, which would give the demonstration's to people of the tenant
      rank: 0,
      condition,
      pool: { kind: 'team', teamId: team.id }
    }
  })
}

interface Named {
  id: string
  name: string
}

/** What there can be one of by each name in its product or module, and what makes one. */
interface Bodies {
  '/v1/products': BodyOf<'createProduct'>
  '/v1/modules': BodyOf<'createModule'>
  '/v1/questions': BodyOf<'createQuestion'>
  '/v1/teams': BodyOf<'createTeam'>
  '/v1/escalation-policies': BodyOf<'createEscalationPolicy'>
}

async function findOrMake<P extends keyof Bodies> (client: Client, path: P, body: Bodies[P]): Promise<Named> {
  const parents = Object.entries(body).filter(([key]) => key === 'productId' || key === 'moduleId')
  const isIt = (item: object & Named): boolean =>
    item.name === body.name && parents.every(([key, value]) => Reflect.get(item, key) === value)
  for await (const item of client.paginate<keyof Bodies>(path)) if (isIt(item)) return item
  return (await client.post<keyof Bodies>(path, { body: body as never })).data
}

/** First response in 3 s, warned at half of it; one second later level 1, two more without an answer level 2. */
async function makeSlaRow (as: DemoAccess['as'], questionId: string): Promise<void> {
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
      }
    ]
  })
  const slaRow = {
    name: rowName,
    questionId,
    kind: 'sla' as const,
    targets: { first_response: 'PT3S', resolution: 'PT10M' },
    reminders: [{ percent: 50 }],
    escalationPolicyId: policy.id
  }
  await as.sales.post('/v1/sla-rows', { body: slaRow })
}

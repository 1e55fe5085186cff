import { ApiError, type Api } from './api.ts'
import { cast, type DemoAccess } from './cast.ts'

/** What the demonstration's tickets refer to. */
export interface DemoSeed {
  questionId: string
}

const productName = 'Demonstration'

/**
 * Makes the demo tenant's people, catalogue, escalation policy and promise, in seconds instead of hours; does nothing
 * that is done already, so it can run on every start.
 */
export async function seedDemo ({ as }: DemoAccess): Promise<DemoSeed> {
  await makePerson(as.admin, { ...cast.ceo, managerId: null })
  await makePerson(as.admin, { ...cast.manager, managerId: cast.ceo.id })
  await makePerson(as.admin, { ...cast.agent, managerId: cast.manager.id })
  await makePerson(as.admin, { ...cast.customer, managerId: null })
  const product = await findOrMake(as.sales, '/v1/products', productName, { name: productName })
  const module = await findOrMake(as.sales, '/v1/modules', 'Quick promises', {
    name: 'Quick promises',
    productId: product.id
  })
  const question = await findOrMake(as.sales, '/v1/questions', 'Something is broken', {
    name: 'Something is broken',
    moduleId: module.id
  })
  await makePromise(as, question.id)
  return { questionId: question.id }
}

async function makePerson (admin: Api, person: object): Promise<void> {
  await admin.post('/v1/people', person).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 409) throw error
  })
}

interface Named {
  id: string
  name: string
}

async function findOrMake (api: Api, path: string, name: string, body: object): Promise<Named> {
  const { items } = await api.get<{ items: Named[] }>(`${path}?limit=200`)
  return items.find((item) => item.name === name) ?? await api.post<Named>(path, body)
}

/** First response in 3 s, warned at half of it; one second later level 1, two more without an answer level 2. */
async function makePromise (as: DemoAccess['as'], questionId: string): Promise<void> {
  const name = 'Demonstration promise'
  const { items } = await as.sales.get<{ items: Named[] }>('/v1/sla-rows?limit=200')
  if (items.some((row) => row.name === name)) return
  const policy = await findOrMake(as.admin, '/v1/escalation-policies', 'Demonstration escalation policy', {
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
  await as.sales.post('/v1/sla-rows', {
    name,
    questionId,
    kind: 'sla',
    targets: { first_response: 'PT3S', resolution: 'PT10M' },
    reminders: [{ percent: 50 }],
    escalationPolicyId: policy.id
  })
  await as.sales.post('/v1/policy-versions', { effect: 'new_tickets' })
}

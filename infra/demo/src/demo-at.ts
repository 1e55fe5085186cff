import { adminAccess, callerOf } from './cast.ts'
import { seedDemo } from './seed.ts'
import { runDemo, type DemoMail } from './demonstration.ts'

/** A running deployment, and what can be reached from here beside it. */
export interface Place {
  /** Of its gateway. */
  url: string
  /** Of an administrator of the tenant to run it in. */
  token: string
  /** The page of a mail catcher (`infra/mail-catcher`) that gets its mails; without it nobody looks at mails. */
  mailUrl?: string | undefined
  /** Where this process can be reached from the notification service. */
  webhookUrl?: string | undefined
  print: (line: string) => void
  /** Ends it; its webhook endpoint is removed all the same. */
  signal?: AbortSignal
}

/**
 * Runs the demonstration on a running deployment.
 * @returns what was missing; what could not be looked at is printed and is not
 */
export async function runDemoAt (
  { url, token, mailUrl, webhookUrl, print, signal }: Place
): Promise<string[]> {
  if (token === '') return ['the token of an administrator of the tenant: --token or DEMO_TOKEN']
  const base = url.replace(/\/$/, '')
  const reached = await fetch(`${base}/health/ready`, { signal: AbortSignal.timeout(10_000) }).then(
    (response) => response.ok,
    () => false
  )
  if (!reached) return [`a gateway that is ready at ${base}`]
  const access = adminAccess(base, token)
  const { roles } = await callerOf(access.as.admin) ?? {}
  if (roles?.includes('admin') === false) return [`the token of an administrator: this one is of ${roles.join(', ')}`]
  const mails = await mailReader(mailUrl, print)
  if (webhookUrl === undefined) print('webhooks: skipped, --webhook-url does not say where this machine can be reached')
  return await runDemo({ access, seed: await seedDemo(access, signal), mails, webhookUrl, print, signal })
}

/** Reads what the mail catcher has; nothing when it is not there. */
async function mailReader (
  mailUrl: string | undefined,
  print: (line: string) => void
): Promise<(() => Promise<DemoMail[]>) | undefined> {
  if (mailUrl === undefined) {
    print('mails: skipped, --mail-url does not name a mail catcher')
    return undefined
  }
  const read = async (): Promise<DemoMail[]> => {
    const url = `${mailUrl.replace(/\/$/, '')}/mails.json`
    const mails = await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).json() as DemoMail[]
    return mails.map(({ to, subject }) => ({ to, subject }))
  }
  return await read().then(() => read, (error: Error) => {
    print(`mails: skipped, ${mailUrl} does not answer as the mail catcher does (${error.message})`)
    return undefined
  })
}

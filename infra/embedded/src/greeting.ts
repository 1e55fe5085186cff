import { join } from 'node:path'
import { demoRoles, type DemoAccess } from '@dueline/demo'
import { defaultFolder, logFile } from './folder.ts'
import type { Stack } from './stack.ts'

/** @param seconds since the program was started */
export interface GreetingOptions {
  stack: Stack
  access: DemoAccess
  folder: string
  seconds: number
}

/** What a person who has started the stack wants to know: where it is, and lines to paste. */
export function greeting ({ stack, access, folder, seconds }: GreetingOptions): string {
  const tokens = demoRoles.map((role) => `  ${role.padEnd(10)} ${access.tokens[role]}`)
  const { customer, agent, admin } = access.tokens
  return `
Dueline is ready after ${seconds.toFixed(1)} s.
  API            ${stack.url}/v1
  Reference      ${stack.url}/docs
  OpenAPI        ${stack.url}/openapi.json
  Mail           ${stack.mailUrl}
  Data           ${folder}
  Log            ${join(folder, logFile)}

Tokens of the tenant "demo", valid for 7 days:
${tokens.join('\n')}

Another token:
  ${tokenCommand(folder)}

For a shell, as the customer, the agent and the administrator:
  export DUELINE=${stack.url} TOKEN=${customer}
  export AGENT_TOKEN=${agent}
  export ADMIN_TOKEN=${admin}

Open a ticket:
  curl -sS --noproxy '*' -X POST ${stack.url}/v1/tickets \\
    -H 'authorization: Bearer ${customer}' \\
    -H 'content-type: application/json' \\
    -d '{"subject":"The printer is on fire","priority":"P1"}'
`
}

/** The command for a token that the stack of `folder` accepts, to be pasted into a shell. */
export function tokenCommand (folder: string): string {
  const command = 'npm run --silent token -- --role agent'
  return folder === defaultFolder ? command : `${command} --folder '${folder.replaceAll("'", `'\\''`)}'`
}

/** Where to go on when the demonstration has come true. */
export function nextSteps (stack: Stack, ticket: { id: string, number: string } | undefined): string {
  const history = ticket === undefined
    ? []
    : [
      `  its history    curl -sS --noproxy '*' -H "authorization: Bearer $AGENT_TOKEN" ` +
      `${stack.url}/v1/tickets/${ticket.id}/timeline`
    ]
  return [
    `The demonstration came true. Look at ${ticket?.number ?? 'it'} next, with the exports above:`,
    ...history,
    `  its mails      ${stack.mailUrl}`,
    `  the API        ${stack.url}/docs`,
    'Stop with Ctrl-C.'
  ].join('\n')
}

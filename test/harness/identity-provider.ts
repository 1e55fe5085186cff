import { once } from 'node:events'
import { createServer } from 'node:http'
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

/** An OpenID provider as people run one, with the names of those who may sign in and their groups. */
export interface IdentityProvider {
  readonly issuer: string
  readonly jwksUrl: string
  /** Signs somebody in, by code flow with PKCE as a front end does, and gives the access token. */
  signIn(login: string): Promise<string>
  /** From here on it signs with a new key and publishes no other. */
  rotate(): void
  stop(): Promise<void>
}

const redirectUri = 'https://desk.example/signed-in'
const clientId = 'desk'

function newKey (): object {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(6).toString('hex'), alg: 'ES256', use: 'sig' }
}

function providerAt (issuer: string, groupsOf: Readonly<Record<string, readonly string[]>>): Provider {
  return new Provider(issuer, {
    clients: [{
      client_id: clientId,
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirectUri],
      id_token_signed_response_alg: 'ES256'
    }],
    jwks: { keys: [newKey()] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    // what a provider is told to add to the tokens of this API
    extraTokenClaims: (_context: unknown, { accountId }: { accountId: string }) => ({
      organization: 'Acme Corp',
      groups: groupsOf[accountId] ?? [],
      name: `${accountId} by name`
    }),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'https://dueline.example',
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: 'https://dueline.example',
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: 'ES256' } }
        })
      }
    }
  })
}

/** A browser that keeps cookies, and follows to the pages of one address only. */
function browser () {
  const cookies = new Map<string, string>()
  return async (url: string, form?: Record<string, string>): Promise<Response> => {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) })
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    return answer
  }
}

/** Goes from page to page, fills in the two that ask something, and ends where the front end gets its code. */
async function codeOf (start: string, login: string): Promise<string> {
  const visit = browser()
  const forms = [{ prompt: 'login', login, password: 'any' }, { prompt: 'consent' }]
  let url = start
  for (let pages = 0; pages < 12; pages++) {
    const shown = await visit(url)
    const answer = shown.status === 200 ? await visit(url, forms.shift()) : shown
    const target = answer.headers.get('location')
    if (target === null) throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`)
    url = new URL(target, url).href
    const code = url.startsWith(redirectUri) ? new URL(url).searchParams.get('code') : null
    if (code !== null) return code
  }
  throw new Error(`no code after 12 pages, but ${url}`)
}

/** Starts a provider on a free port of this machine. */
export async function startIdentityProvider (
  groupsOf: Readonly<Record<string, readonly string[]>>
): Promise<IdentityProvider> {
  const server = createServer((request, response) => void listener(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let listener = providerAt(issuer, groupsOf).callback()
  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    async signIn (login) {
      const verifier = randomBytes(32).toString('base64url')
      const asked = new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        scope: 'openid',
        redirect_uri: redirectUri,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256'
      })
      const answer = await fetch(`${issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: clientId,
          redirect_uri: redirectUri,
          code: await codeOf(`${issuer}/auth?${asked}`, login),
          code_verifier: verifier
        })
      })
      const body = await answer.json() as { access_token?: string }
      if (body.access_token === undefined) throw new Error(`no token: ${answer.status} ${JSON.stringify(body)}`)
      return body.access_token
    },
    rotate () {
      listener = providerAt(issuer, groupsOf).callback()
    },
    async stop () {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    }
  }
}

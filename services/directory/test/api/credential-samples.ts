import { formatInstant } from '@dueline/business-time'
import type { Samples, SampleWorld } from '@dueline/testkit'
import type { startDirectory } from './harness.ts'

type World = SampleWorld<'directory'>
type Directory = Awaited<ReturnType<typeof startDirectory>>
const dayMicros = 86_400_000_000

/** How the operations on what people and programs sign in with are called rightly. */
export function credentialSamples (service: Directory) {
  return { ...identitySamples, ...apiKeySamples(service), ...scimTokenSamples() }
}

const identitySamples = {
  createPersonIdentity: {
    request: async (world) => ({
      path: { personId: (await world.make('createPerson')).id },
      body: { issuer: 'https://issuer.example', subject: world.unique('subject') }
    }),
    answers: {
      async 200 ({ make }) {
        const { personId, issuer, subject } = await make('createPersonIdentity')
        return { path: { personId }, body: { issuer, subject } }
      },
      async identity_taken (world) {
        const { issuer, subject } = await world.make('createPersonIdentity')
        return { path: { personId: (await world.make('createPerson')).id }, body: { issuer, subject } }
      }
    }
  },
  listPersonIdentities: {
    request: async ({ make }) => ({ path: { personId: (await make('createPersonIdentity')).personId } })
  },
  deletePersonIdentity: {
    async request ({ make }) {
      const { id: identityId, personId } = await make('createPersonIdentity')
      return { path: { personId, identityId } }
    }
  }
} satisfies Partial<Samples<'directory'>>

function apiKeySamples ({ clock }: Directory) {
  const path = async ({ make }: World) => ({ keyId: (await make('createApiKey')).id })
  return {
    createApiKey: {
      request: ({ unique }) => ({
        body: {
          name: unique('mail gateway'),
          roles: ['integrator'],
          scopes: ['ticket:read', 'ticket:write'],
          expiresAt: formatInstant(clock.now() + dayMicros)
        }
      })
    },
    listApiKeys: {
      async request ({ make }) {
        await make('createApiKey')
        return {}
      }
    },
    getApiKey: { request: async (world) => ({ path: await path(world) }) },
    rotateApiKey: {
      request: async (world) => ({ path: await path(world), body: { overlapSeconds: 3_600 } }),
      answers: {
        async api_key_over (world) {
          const { keyId } = await path(world)
          await world.make('revokeApiKey', {}, { keyId })
          return { path: { keyId }, body: { overlapSeconds: 0 } }
        }
      }
    },
    revokeApiKey: { request: async (world) => ({ path: await path(world) }) },
    getCurrentApiKey: { request: () => ({}), withoutDatabase: true }
  } satisfies Partial<Samples<'directory'>>
}

function scimTokenSamples () {
  const path = async ({ make }: World) => ({ tokenId: (await make('createScimToken')).id })
  return {
    createScimToken: {
      request: ({ unique }) => ({ body: { name: unique('Entra'), expiresAt: '2099-12-31T23:00:00.000000Z' } })
    },
    listScimTokens: {
      async request ({ make }) {
        await make('createScimToken')
        return {}
      }
    },
    rotateScimToken: {
      request: async (world) => ({ path: await path(world), body: { overlapSeconds: 3_600 } }),
      answers: {
        async scim_token_over (world) {
          const { tokenId } = await path(world)
          await world.make('revokeScimToken', {}, { tokenId })
          return { path: { tokenId }, body: { overlapSeconds: 0 } }
        }
      }
    },
    revokeScimToken: { request: async (world) => ({ path: await path(world) }) }
  } satisfies Partial<Samples<'directory'>>
}

import type { Attribute, ResourceType, Schema } from '../domain/scim/attributes.ts'
import { bulkOperationsMax } from '../domain/scim/bulk.ts'
import { resourceTypes } from '../domain/scim/schemas.ts'
import { base } from './kind.ts'
import { pageMax } from './list-resources.ts'

const schemaUrn = 'urn:ietf:params:scim:schemas:core:2.0:Schema'
const typeUrn = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType'

/** Largest body of a request, which is that of the gateway. */
export const bodyMaxBytes = 1024 * 1024

/** What the service can do (RFC 7643, 5). */
export const serviceProviderConfig = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: true, maxOperations: bulkOperationsMax, maxPayloadSize: bodyMaxBytes },
  filter: { supported: true, maxResults: pageMax },
  changePassword: { supported: false },
  sort: { supported: true },
  etag: { supported: true },
  authenticationSchemes: [{
    type: 'oauthbearertoken',
    name: 'SCIM token',
    description: 'A token that an administrator makes by POST /v1/scim-tokens',
    primary: true
  }],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` }
}

/** Only what an attribute of its type has is said of it. */
function attributeView (attribute: Attribute): object {
  const { subAttributes, caseExact, uniqueness, lengthMax: _, ...rest } = attribute
  return {
    ...rest,
    ...(attribute.type === 'complex' || attribute.type === 'boolean' ? {} : { caseExact }),
    ...(attribute.type === 'boolean' ? {} : { uniqueness }),
    ...(subAttributes === undefined ? {} : { subAttributes: subAttributes.map(attributeView) })
  }
}

function schemaView ({ attributes, ...schema }: Schema): { id: string } {
  return {
    schemas: [schemaUrn],
    ...schema,
    attributes: attributes.map(attributeView),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema.id}` }
  } as { id: string }
}

function typeView ({ name, endpoint, schema, extensions }: ResourceType): { id: string } {
  return {
    schemas: [typeUrn],
    id: name,
    name,
    description: schema.description,
    endpoint,
    schema: schema.id,
    schemaExtensions: extensions.map(({ id }) => ({ schema: id, required: false })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` }
  } as { id: string }
}

/** The schemas of all resources, each with its id. */
export const schemaViews = resourceTypes.flatMap(({ schema, extensions }) => [schema, ...extensions]).map(schemaView)
/** The kinds of resources, each with its id. */
export const typeViews = resourceTypes.map(typeView)

/** What went wrong with a request, in the words of RFC 7644 (3.12). */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'

/** Ends a SCIM request with an error of SCIM's own form. */
export class ScimError extends Error {
  override readonly name = 'ScimError'
  readonly status: number
  readonly scimType: ScimType | undefined

  /** @param detail shown to the caller: no secrets, no internals */
  constructor (status: number, scimType: ScimType | undefined, detail: string) {
    super(detail)
    this.status = status
    this.scimType = scimType
  }
}

/** Ends a request with 400. */
export function refused (scimType: ScimType, detail: string): never {
  throw new ScimError(400, scimType, detail)
}

/** Schema of error answers. */
export const errorUrn = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** The body of an error answer; its status is a text. */
export function errorBody ({ status, scimType, message }: ScimError): object {
  return {
    schemas: [errorUrn],
    status: String(status),
    ...(scimType === undefined ? {} : { scimType }),
    detail: message
  }
}

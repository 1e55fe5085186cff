/** What went wrong with a SCIM request, in the words of RFC 7644 (3.12). */
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

/** An error as SCIM says it. */
export interface ScimFault {
  readonly status: number
  readonly scimType: ScimType | undefined
  /** Shown to the caller: no secrets, no internals. */
  readonly detail: string
}

/** Of answers of SCIM, errors too. */
export const scimMediaType = 'application/scim+json; charset=utf-8'

/** Whether an address is SCIM's, also where nothing is there: whoever asks there reads no other form of error. */
export function isScimAddress (url: string): boolean {
  return /^\/scim(?:[/?]|$)/i.test(url)
}

/** The body of an error answer; its status is a text. */
export function scimErrorBody ({ status, scimType, detail }: ScimFault): object {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
    ...(scimType === undefined ? {} : { scimType }),
    detail
  }
}

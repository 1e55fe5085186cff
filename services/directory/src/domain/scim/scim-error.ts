import { scimErrorBody, type ScimType } from '@dueline/contracts'

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

/** The body of an error answer. */
export function errorBody ({ status, scimType, message: detail }: ScimError): object {
  return scimErrorBody({ status, scimType, detail })
}

import { v7 } from 'uuid'

/** Where new identifiers come from. */
export interface Ids {
  /** A new lower-case UUIDv7: unique, and growing within one process. */
  next (): string
}

export const systemIds: Ids = { next: () => v7() }

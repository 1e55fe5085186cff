import type { Route } from './parts.ts'

/** Every operation of the service. */
export const routes: readonly Route[] = []

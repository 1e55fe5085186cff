import type { Priority } from './vocabulary.ts'

/** What tickets weigh, and what people can carry at once. */
export interface CapacityRules {
  /** What an open ticket takes, by its priority. */
  readonly points: Readonly<Record<Priority, number>>
  /** What a person can carry of whom nobody said it. */
  readonly defaultCapacityPoints: number
}

/** What a tenant has that never said anything. */
export const builtInCapacityRules: CapacityRules = {
  points: { P0: 4, P1: 3, P2: 2, P3: 1 },
  defaultCapacityPoints: 20
}

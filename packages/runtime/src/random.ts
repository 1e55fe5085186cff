/** Where chance comes from (jitter, sampling); never for secrets. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
}

export const systemRandom: Random = { next: Math.random }

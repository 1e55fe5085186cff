import { randomFillSync } from 'node:crypto'

/** Drawn at a time: one draw costs about as much as making ten ids. */
const pool = Buffer.alloc(4_096)
let used = pool.length

/** So many random bytes, at most 4,096; to be read before the next call. */
export function randomPart (bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.subarray(used - bytes, used)
}

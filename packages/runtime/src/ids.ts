import { v7 } from 'uuid'
import { randomPart } from './random-bytes.ts'

/** Where new identifiers come from. */
export interface Ids {
  /** A new lower-case UUIDv7: unique, and growing within one process. */
  next(): string
}

const bytesPerId = 16
const maxSequence = 0xffffffff

/** UUIDv7: ids of the same millisecond are numbered, and a clock that is set back is waited out, so they grow. */
function createSystemIds (): Ids {
  let msecs = 0
  let seq = 0
  return {
    next () {
      const random = randomPart(bytesPerId)
      const now = Date.now()
      if (now > msecs) {
        msecs = now
        // Half of the range stays free for numbering.
        seq = ((random[6]! & 0x7f) << 24) | (random[7]! << 16) | (random[8]! << 8) | random[9]!
      } else if (seq === maxSequence) {
        msecs++
        seq = 0
      } else {
        seq++
      }
      return v7({ random, msecs, seq })
    }
  }
}

export const systemIds: Ids = createSystemIds()

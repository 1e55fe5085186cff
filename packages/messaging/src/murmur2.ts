const seed = 0x9747b28c
const m = 0x5bd1e995
const encoder = new TextEncoder()

/** Kafka's murmur2 (Java client) over bytes, as a signed 32-bit integer. */
export function murmur2 (bytes: Uint8Array): number {
  const { length } = bytes
  let h = seed ^ length
  const words = length >> 2
  for (let i = 0; i < words; i++) {
    const at = i << 2
    let k = bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24
    k = Math.imul(k, m)
    k ^= k >>> 24
    h = Math.imul(h, m) ^ Math.imul(k, m)
  }
  const tail = words << 2
  const rest = length & 3
  if (rest > 2) h ^= bytes[tail + 2]! << 16
  if (rest > 1) h ^= bytes[tail + 1]! << 8
  if (rest > 0) h = Math.imul(h ^ bytes[tail]!, m)
  h ^= h >>> 13
  h = Math.imul(h, m)
  return (h ^ h >>> 15) | 0
}

/**
 * The partition of a key: the one that Kafka's own default partitioner gives, so that a log may move between
 * adapters and other producers may write beside ours.
 */
export function partitionOf (key: string, partitions: number): number {
  return (murmur2(encoder.encode(key)) & 0x7fffffff) % partitions
}

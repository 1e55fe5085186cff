import { murmur2 } from '../murmur2.ts'

const encoder = new TextEncoder()

/**
 * The member that should own a partition: highest hash of (member, partition). Every member computes the same from the
 * same list, and one that comes or goes moves only the partitions it gains or leaves behind.
 */
export function ownerOf (group: string, topic: string, part: number, members: readonly string[]): string | undefined {
  let best: string | undefined
  let bestScore = -1
  for (const member of members) {
    const score = murmur2(encoder.encode(`${member} ${group} ${topic} ${part}`)) >>> 0
    if (score > bestScore || (score === bestScore && best !== undefined && member > best)) {
      best = member
      bestScore = score
    }
  }
  return best
}

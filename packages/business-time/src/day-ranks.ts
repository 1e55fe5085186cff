/** A set of days that says in constant time whether a day is in it and how many members are before it. */
export class DayRanks {
  private readonly firstWord: number
  private readonly members: Int32Array
  private readonly before: Int32Array

  /** `days` ascends and has no repeats. */
  constructor (days: Int32Array) {
    this.firstWord = (days[0] ?? 0) >> 5
    const words = ((days.at(-1) ?? 0) >> 5) - this.firstWord + 2
    this.members = new Int32Array(words)
    this.before = new Int32Array(words)
    for (const day of days) this.members[(day >> 5) - this.firstWord]! |= 1 << (day & 31)
    for (let w = 1; w < words; w++) this.before[w] = this.before[w - 1]! + bitCount(this.members[w - 1]!)
  }

  /** Twice the number of members before `day`, plus one if `day` is a member. */
  rank (day: number): number {
    const word = (day >> 5) - this.firstWord
    if (word < 0) return 0
    const last = this.members.length - 1
    if (word >= last) return 2 * this.before[last]!
    const bits = this.members[word]!
    return 2 * (this.before[word]! + bitCount(bits & ~(-1 << (day & 31)))) + (bits >>> (day & 31) & 1)
  }
}

function bitCount (bits: number): number {
  bits -= bits >>> 1 & 0x55555555
  bits = (bits & 0x33333333) + (bits >>> 2 & 0x33333333)
  return Math.imul(bits + (bits >>> 4) & 0x0f0f0f0f, 0x01010101) >>> 24
}

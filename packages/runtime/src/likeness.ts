/** How many letters must be changed, added, left out or swapped with their neighbour to make one word the other. */
function distance (a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const changed = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(changed, last[j]! + 1, row[j - 1]! + 1, swapped ? beforeLast[j - 2]! + 1 : Infinity)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}

/** How many mistakes a word of this length can have and still be known: `HOME` is no mistyped `HOST`. */
function mistakesMax (length: number): number {
  return length < 6 ? 0 : length < 10 ? 1 : 2
}

/** The word that was probably meant, or undefined when none is near. Two mistakes at most, fewer in short words. */
export function likelyOf (word: string, words: readonly string[]): string | undefined {
  const near = words
    .filter((each) => Math.abs(each.length - word.length) <= 2)
    .map((each) => ({ each, mistakes: distance(word, each) }))
    .filter(({ each, mistakes }) => mistakes <= mistakesMax(Math.min(each.length, word.length)))
  return near.sort((a, b) => a.mistakes - b.mistakes)[0]?.each
}

/** The word of these that shares most with another one, however far they are apart. */
export function nearestOf (word: string, words: readonly string[]): string | undefined {
  const all = words.map((each) => ({ each, mistakes: distance(word, each) }))
  return all.sort((a, b) => a.mistakes - b.mistakes)[0]?.each
}

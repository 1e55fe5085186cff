/**
 * A set of instants or wall-clock times as a flat list `[from, to, from, to, …]`: ascending, half-open `[from, to)`,
 * never empty, never touching. Every function here returns that form.
 */
export type Spans = readonly number[]

/** Sorts `[from, to, …]` pairs in any order and merges those that overlap or touch. Pairs with `to <= from` vanish. */
export function merged (pairs: readonly number[]): Spans {
  const order: number[] = []
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i]! < pairs[i + 1]!) order.push(i)
  }
  order.sort((a, b) => pairs[a]! - pairs[b]!)
  const result: number[] = []
  for (const i of order) {
    const [from, to] = [pairs[i]!, pairs[i + 1]!]
    const end = result.length - 1
    if (end >= 0 && from <= result[end]!) result[end] = Math.max(result[end]!, to)
    else result.push(from, to)
  }
  return result
}

/** The part of `spans` inside `[from, to)`, moved by `-from`. */
export function window (spans: Spans, from: number, to: number): Spans {
  const result: number[] = []
  for (let i = 0; i < spans.length; i += 2) {
    const [start, end] = [Math.max(spans[i]!, from), Math.min(spans[i + 1]!, to)]
    if (start < end) result.push(start - from, end - from)
  }
  return result
}

/** Everything in `[0, length)` that is not in `spans`. */
export function complement (spans: Spans, length: number): Spans {
  const result: number[] = []
  let at = 0
  for (let i = 0; i < spans.length; i += 2) {
    if (spans[i]! > at) result.push(at, spans[i]!)
    at = spans[i + 1]!
  }
  if (at < length) result.push(at, length)
  return result
}

/** What is in both. */
export function intersection (a: Spans, b: Spans): Spans {
  const result: number[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const [from, to] = [Math.max(a[i]!, b[j]!), Math.min(a[i + 1]!, b[j + 1]!)]
    if (from < to) result.push(from, to)
    if (a[i + 1]! < b[j + 1]!) i += 2
    else j += 2
  }
  return result
}

/** What is in `a` and not in `b`; both within `[0, length)`. */
export function difference (a: Spans, b: Spans, length: number): Spans {
  return b.length === 0 ? a : intersection(a, complement(b, length))
}

/** The length of spans taken together. */
export function openIn (spans: Spans): number {
  let open = 0
  for (let i = 0; i < spans.length; i += 2) open += spans[i + 1]! - spans[i]!
  return open
}

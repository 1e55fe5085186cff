import { byField, type PlacedWidget } from './field-boxes.ts'
import type { Box, Segment } from './page-texts.ts'
import { type Field, isUnseen, type Widget } from './structure.ts'

/** A field, one button of a group, or the group, that looks for a text beside it. */
interface Seeker extends Box {
  id: string
  kind: 'field' | 'button' | 'group'
}

/** Farther than this, in points, nothing is taken for a label. */
const reach = 250

/** For a field, or for a button of it. */
export function labelKey (field: Field, widget?: Widget): string {
  const index = widget === undefined ? -1 : field.widgets.findIndex(({ dict }) => dict === widget.dict)
  return index < 0 ? field.name : `${field.name}\n${index}`
}

/**
 * The text nearest to each field of a page, to each button of a group, and to the group, by `labelKey`. A text is
 * given once, to the one that it is nearest to; texts beyond another field are not taken. In Arabic before is right.
 */
export function labelsOn (widgets: PlacedWidget[], segments: Segment[], isRightToLeft: boolean): Map<string, string> {
  const mirrored = <T extends Box>(box: T): T => isRightToLeft ? { ...box, left: -box.right, right: -box.left } : box
  const seekers = seekersOf(widgets.filter((widget) => !isUnseen(widget))).map(mirrored)
  const texts = segments.map(mirrored)
  const found = new Map<string, string>()
  const used = new Set<Segment>()
  for (const isGroup of [false, true]) {
    const places = seekers.filter(({ kind }) => (kind === 'group') === isGroup)
    const pairs = places.flatMap((place) =>
      texts.flatMap((text) => {
        const cost = costOf(place, text, seekers)
        return cost === undefined ? [] : [{ place, text, cost }]
      })
    ).sort((one, other) => one.cost - other.cost)
    for (const { place, text } of pairs) {
      if (found.has(place.id) || used.has(text)) continue
      found.set(place.id, text.text)
      used.add(text)
    }
  }
  return found
}

function seekersOf (widgets: PlacedWidget[]): Seeker[] {
  return [...byField(widgets)].flatMap(([field, all]): Seeker[] => {
    const isGroup = new Set(all.map(({ onState }) => onState)).size > 1
    if (!isGroup || field.type !== 'button') {
      const kind = field.type === 'button' ? 'button' : 'field'
      return all.slice(0, 1).map(({ box }) => ({ ...box, id: field.name, kind }))
    }
    const around = all.map(({ box }) => box).reduce((one, other) => ({
      left: Math.min(one.left, other.left),
      right: Math.max(one.right, other.right),
      top: Math.min(one.top, other.top),
      bottom: Math.max(one.bottom, other.bottom)
    }))
    const buttons = all.map((widget): Seeker => ({ ...widget.box, id: labelKey(field, widget), kind: 'button' }))
    return [...buttons, { ...around, id: field.name, kind: 'group' }]
  })
}

function costOf (place: Seeker, text: Segment, all: Seeker[]): number | undefined {
  const height = text.bottom - text.top
  // A tall field has its label beside its first line.
  const line = { top: place.top, bottom: Math.min(place.bottom, Math.max(place.top + height * 2, place.top + 12)) }
  const beside = Math.min(text.bottom, line.bottom) - Math.max(text.top, line.top)
  const isBeside = beside > Math.min(height, line.bottom - line.top) * 0.5
  const before = place.left - text.right
  const behind = text.left - place.right
  const cost = isBeside && before > -3
    ? Math.max(0, before) + (place.kind === 'button' ? 30 : 0)
    : isBeside && behind > -3
    ? Math.max(0, behind) + (place.kind === 'button' ? 0 : 60)
    : aboveCost(place, text)
  if (cost === undefined || cost > reach) return undefined
  return all.some((other) => other.kind !== 'group' && other.id !== place.id && isBetween(other, place, text))
    ? undefined
    : cost
}

function aboveCost (place: Seeker, text: Segment): number | undefined {
  const gap = place.top - text.bottom
  const isOver = text.left < place.right && text.right > place.left - 5
  if (gap < -4 || gap > 30 || !isOver) return undefined
  return Math.max(0, gap) * 2 + Math.abs(text.left - place.left) * 0.2 + (place.kind === 'button' ? 60 : 5)
}

function isBetween (other: Box, place: Box, text: Box): boolean {
  const middle = (text.top + text.bottom) / 2
  const isOnLine = other.top <= middle && other.bottom >= middle
  const [from, to] = text.right <= place.left + 3 ? [text.right, place.left] : [place.right, text.left]
  return isOnLine && other.left >= from - 3 && other.right <= to + 3
}

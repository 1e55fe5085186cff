/**
 * The life of a file: space is `reserved`, its bytes are `uploaded` into quarantine, `checked` by their content, and
 * moved out to be `ready`; or it is `refused` for its content, `expired` because nobody finished it, or `deleted`.
 */
export const fileStates = ['reserved', 'uploaded', 'checked', 'ready', 'refused', 'expired', 'deleted'] as const
export type FileState = typeof fileStates[number]

/** What can happen to a file. */
export const fileEvents = ['finished', 'passed', 'failed', 'moved', 'ranOut', 'removed'] as const
export type FileEvent = typeof fileEvents[number]

const transitions: Readonly<Record<FileState, Partial<Record<FileEvent, FileState>>>> = {
  reserved: { finished: 'uploaded', ranOut: 'expired', removed: 'deleted' },
  uploaded: { passed: 'checked', failed: 'refused', removed: 'deleted' },
  checked: { moved: 'ready', removed: 'deleted' },
  ready: { removed: 'deleted' },
  refused: {},
  expired: {},
  deleted: {}
}

/** The state after an event; undefined when it cannot happen in that state. */
export function stateAfter (state: FileState, event: FileEvent): FileState | undefined {
  return transitions[state][event]
}

/** Whether nothing happens to a file any more, but that its object goes. */
export function hasEnded (state: FileState): boolean {
  return Object.keys(transitions[state]).length === 0
}

/** The parts of the store in which a file of that state may have its object. */
export function placesOf (state: FileState): ReadonlyArray<'quarantine' | 'files'> {
  if (state === 'ready') return ['files']
  // the move may have been cut off between its halves
  if (state === 'checked') return ['quarantine', 'files']
  return hasEnded(state) ? [] : ['quarantine']
}

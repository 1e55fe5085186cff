/**
 * What `work` comes to, or undefined when the signal is aborted before; no listener stays behind at a signal that
 * outlives it.
 * @throws what `work` rejects with
 */
export async function orAborted<T> (signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  let abort = (): void => {}
  const aborted = new Promise<undefined>((resolve) => {
    abort = () => resolve(undefined)
    signal.addEventListener('abort', abort, { once: true })
  })
  if (signal.aborted) abort()
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

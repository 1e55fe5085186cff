/**
 * Whether something that never rejects resolves within `ms` milliseconds. For waits that come with each batch or
 * request: a timer costs a tenth of a race with an abortable pause.
 */
export async function happensWithin (ms: number, event: Promise<unknown>): Promise<boolean> {
  return await new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, false)
    void event.then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}

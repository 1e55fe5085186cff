import { Signal } from '@dueline/runtime'

/** Lets open streams know that the feed grew. */
export interface FeedWatch {
  /** The feed grew in this process. */
  grew(): void
  /** Resolves when the feed grew here, after `ms` (another replica may have appended), or when the reader left. */
  changed(ms: number, left: AbortSignal): Promise<void>
}

export function createFeedWatch (): FeedWatch {
  const signal = new Signal<void>()
  return {
    grew: () => signal.emit(),
    changed: (ms, left) =>
      new Promise((resolve) => {
        const timer = setTimeout(end, ms)
        function end (): void {
          clearTimeout(timer)
          left.removeEventListener('abort', end)
          resolve()
        }
        left.addEventListener('abort', end)
        void signal.next().then(end)
      })
  }
}

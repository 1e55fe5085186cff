// The readers of `stream-fanout`: opens the event streams that it is given, and says which events arrived when.
import { get } from 'node:http'

interface Opening {
  readonly address: string
  readonly headers: Readonly<Record<string, string>>
}

/** Of each arrival the event's `sequence`, and when it was, in milliseconds since 1970. */
let came: Array<[sequence: number, atMs: number]> = []
let closeAll: Array<() => void> = []

/** Resolves when the head of the answer is there. @throws Error for an answer that is no stream */
async function open ({ address, headers }: Opening): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = get(address, { agent: false, headers: { ...headers } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`answered with ${response.statusCode}`))
      response.setEncoding('utf8')
      let rest = ''
      response.on('data', (chunk: string) => {
        const frames = (rest + chunk).split('\n\n')
        rest = frames.pop()!
        const nowMs = performance.timeOrigin + performance.now()
        for (const frame of frames) {
          const sequence = /"sequence":"(\d+)"/.exec(frame)?.[1]
          if (sequence !== undefined) came.push([Number(sequence), nowMs])
        }
      })
      resolve()
    })
    request.on('error', reject)
    closeAll.push(() => {
      request.off('error', reject)
      request.on('error', () => {})
      request.destroy()
    })
  })
}

process.on('message', (question: string) => {
  if (question === 'count') return process.send?.(came.length)
  if (question === 'arrivals') {
    process.send?.(came)
    came = []
    return
  }
  if (question === 'close') {
    for (const close of closeAll) close()
    closeAll = []
    process.send?.('closed')
    return
  }
  const openings = JSON.parse(question) as Opening[]
  Promise.all(openings.map(open)).then(() => process.send?.('open'), (error: unknown) => {
    throw error
  })
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')

import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const answerMsMax = 60_000

/** Waits until a broker answers. @returns false when `isOver` says so, or after a minute */
export async function kafkaAnswers (host: string, port: number, isOver = (): boolean => false): Promise<boolean> {
  const endMs = performance.now() + answerMsMax
  while (!await asks(host, port)) {
    if (isOver() || performance.now() > endMs) return false
    await pause(50)
  }
  return true
}

/** Metadata version 2, no topics, client "du". */
const request = Buffer.from([0, 0, 0, 16, 0, 3, 0, 2, 0, 0, 0, 1, 0, 2, 100, 117, 0, 0, 0, 0])

/** Whether a Metadata request is answered with a live broker: an open port alone says nothing. */
async function asks (host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 }, () => socket.write(request))
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('data', (data) => end(data.length >= 12 && data.readInt32BE(8) > 0))
    socket.on('timeout', () => end(false))
    socket.on('error', () => end(false))
    socket.on('close', () => end(false))
  })
}

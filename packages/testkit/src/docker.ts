import { request } from 'node:http'

/**
 * Starts a container when a Docker daemon answers at once. Undefined without one, and, with the reason printed, where
 * it cannot get the image: a daemon without a way to the images is as good as none.
 */
export async function fromDocker<T> (image: string, start: () => Promise<T>): Promise<T | undefined> {
  if (!await dockerAnswers(500)) return undefined
  try {
    return await start()
  } catch (error) {
    console.log(`Docker answers but cannot run ${image}: ${(error as Error).message.trim()}`)
    return undefined
  }
}

async function dockerAnswers (withinMs: number): Promise<boolean> {
  const host = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock'
  const url = new URL(host)
  const where = url.protocol === 'unix:' ? { socketPath: url.pathname } : { host: url.hostname, port: url.port }
  return await new Promise((resolve) => {
    const ping = request({ ...where, path: '/_ping', timeout: withinMs }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    ping.on('timeout', () => ping.destroy())
    ping.on('error', () => resolve(false))
    ping.end()
  })
}

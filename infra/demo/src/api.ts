/** An answer that was not a success: the problem as text. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  constructor (
    what: string,
    status: number,
    problem: { code?: string, detail?: string, errors?: { pointer: string, message: string }[] }
  ) {
    const faults = (problem.errors ?? []).map((fault) => `; ${fault.pointer} ${fault.message}`).join('')
    super(`${what} answered ${status} ${problem.code ?? ''}: ${problem.detail ?? ''}${faults}`)
    this.status = status
    this.code = problem.code ?? ''
  }
}

/** A caller of the public API with one token. Answers are JSON as the OpenAPI document describes them. */
export interface Api {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T>
  delete(path: string): Promise<void>
  /** The raw answer of a request, for streams and uploads. */
  fetch(path: string, init?: RequestInit): Promise<Response>
}

export function createApi (url: string, token: string): Api {
  async function send (path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${token}`, ...init.headers as Record<string, string> }
    const response = await fetch(`${url}${path}`, { ...init, headers })
    if (response.ok) return response
    const problem = await response.json().catch(() => ({})) as { code?: string }
    throw new ApiError(`${init.method ?? 'GET'} ${path}`, response.status, problem)
  }
  const json = async <T>(response: Response): Promise<T> => {
    const text = await response.text()
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  return {
    fetch: send,
    get: async (path) => await json(await send(path)),
    post: async (path, body, headers = {}) =>
      await json(
        await send(path, {
          method: 'POST',
          headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
      ),
    delete: async (path) => {
      await send(path, { method: 'DELETE' })
    }
  }
}

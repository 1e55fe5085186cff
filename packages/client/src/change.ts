import type { AnyCall, AnyRequest, Answer } from './client.ts'
import { changeMethods } from './generated/facts.ts'
import type { ChangeAt, ChangeBody, ChangePath, DataOf, OperationAt, RequestOf } from './operations.ts'
import { isProblem, UnexpectedAnswer } from './problems.ts'

export interface ChangeOptions {
  /** Times that it is tried when somebody else is faster; 5 by default. */
  changesMax?: number
}

type Current<P extends ChangePath> = DataOf<OperationAt<'get', P>>

/**
 * Reads what is at a path and writes what `change` makes of it, with the `ETag` that was read in `If-Match`; nothing
 * when that is undefined. When somebody else was faster (412) it begins anew with what is there then.
 * @returns the answer of the write, or of the read when nothing was written
 */
export type Change = <P extends ChangePath>(
  path: P,
  request: RequestOf<OperationAt<'get', P>> & ChangeOptions,
  change: (current: Current<P>) => ChangeBody<P> | undefined | Promise<ChangeBody<P> | undefined>
) => Promise<Answer<DataOf<ChangeAt<P>> | Current<P>>>

export function changeWith (call: AnyCall): Change {
  const run = async (
    path: ChangePath,
    { changesMax = 5, ...request }: AnyRequest & ChangeOptions,
    change: (current: never) => unknown
  ): Promise<Answer<never>> => {
    for (let tries = 1;; tries++) {
      const read = await call('get', path, request)
      const body = await change(read.data)
      if (body === undefined) return read
      if (read.etag === undefined) throw new UnexpectedAnswer(`GET ${path} answered no ETag`, read)
      try {
        const headers = { ...request.headers, 'if-match': read.etag }
        return await call(changeMethods[path], path, { ...request, headers, body })
      } catch (error) {
        if (tries >= changesMax || !isProblem(error, 'precondition_failed')) throw error
      }
    }
  }
  return run as Change
}

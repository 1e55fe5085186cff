import { baseErrors, problem, UpstreamRefusal, type Asker, type Upstream } from '@dueline/http'

/** Questions of the catalogue, by the policy service. */
export interface Questions {
  /**
   * @throws Problem 404 when the tenant has no such question, 503 when the policy service does not answer
   */
  assert(asker: Asker, questionId: string): Promise<void>
}

/** `policy` undefined: every question is taken to be there. */
export function createQuestions (policy: Upstream | undefined): Questions {
  return {
    async assert ({ authorization = '' }, questionId) {
      if (policy === undefined) return
      const isAnswer = (body: unknown): body is object => typeof body === 'object' && body !== null
      const found = await policy.get(`/v1/questions/${questionId}`, authorization, isAnswer)
        .catch((error: unknown) => {
          // an API key that may not read the catalogue
          if (error instanceof UpstreamRefusal && error.status === 403) return undefined
          throw error
        })
      if (found === undefined) {
        problem(baseErrors.not_found, { detail: 'there is no such question, or the caller may not read it' })
      }
    }
  }
}

import type { Micros } from '@dueline/business-time'
import { nullable, TemplateRule, Uuid, type RuleEffect } from '@dueline/contracts'
import { baseErrors, createUpstream, problem, UpstreamRefusal, type Asker, type Upstream } from '@dueline/http'
import { BoundedMap, type Logger } from '@dueline/runtime'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'

/** The key of a service that checks answers by the template of a question. */
export const templateServiceKeys = {
  TEMPLATE_URL: Type.Optional(Type.String({
    format: 'http-url',
    description:
      'Base address of the template service, asked by which template answers about a question are checked; ' +
      'when not set, any answers are taken'
  }))
}

/** What answers are worth by a version, and what they make of a ticket. */
export interface CheckedAnswers {
  /** With pointers into the answers, in the language asked for. */
  readonly faults: ReadonlyArray<{ pointer: string, message: string }>
  /** Those that count: relevant ones in their one form, calculated ones among them. */
  readonly answers: Record<string, unknown>
  readonly effect: RuleEffect
}

/** The published version by which answers about a question are checked. */
export interface AnswerTemplate {
  readonly templateVersionId: string
  /** `at`: what `now()` and `today()` (in UTC) are in its expressions. */
  check(answers: unknown, language: string, at: Micros): CheckedAnswers
}

/** Templates of questions, by the template service. */
export interface AnswerTemplates {
  /**
   * The template of a question; undefined when it has none.
   * @throws Problem 403 for an API key without `template:read`, 503 when the service does not answer
   */
  find(asker: Asker, questionId: string): Promise<AnswerTemplate | undefined>
}

const Tie = Compile(Type.Object({ id: Uuid, templateVersionId: nullable(Uuid) }))
const Version = Type.Object({
  id: Uuid,
  questionnaire: Type.Object({}, { additionalProperties: true }),
  rules: Type.Array(TemplateRule)
})
const VersionAnswer = Compile(Version)

/** Longest wait for the template service, while a ticket is written. */
const timeoutMs = 2_000
/** So many versions are ready, those used last. They never change. */
const readyMax = 50

/** `TEMPLATE_URL` not set: no question has a template. */
export function createAnswerTemplates (
  { TEMPLATE_URL: url }: { TEMPLATE_URL?: string },
  logger: Logger
): AnswerTemplates {
  const owner = createUpstream({ name: 'the template service', url, timeoutMs, logger })
  const ready = new BoundedMap<AnswerTemplate>(readyMax)
  return {
    async find ({ tenantId, authorization = '' }, questionId) {
      if (owner === undefined) return undefined
      const isTie = (body: unknown): body is { templateVersionId: string | null } => Tie.Check(body)
      const tie = await ask(owner, `/v1/questions/${questionId}/template`, authorization, isTie)
      const id = tie?.templateVersionId ?? null
      if (id === null) return undefined
      const key = `${tenantId} ${id}`
      const known = ready.get(key)
      if (known !== undefined) return known
      const isVersion = (body: unknown): body is Static<typeof Version> => VersionAnswer.Check(body)
      const version = await ask(owner, `/v1/template-versions/${id}`, authorization, isVersion)
      if (version === undefined) return problem(baseErrors.unavailable)
      const made = await compiled(version)
      ready.set(key, made)
      return made
    }
  }
}

async function ask<Answer> (
  owner: Upstream,
  path: string,
  authorization: string,
  isAnswer: (body: unknown) => body is Answer
): Promise<Answer | undefined> {
  return await owner.get(path, authorization, isAnswer).catch((error: unknown) => {
    if (!(error instanceof UpstreamRefusal) || error.status !== 403) throw error
    const scope = 'template:read'
    return problem(baseErrors.scope_missing, { detail: 'answers are checked by their template', extra: { scope } })
  })
}

async function compiled ({ id, questionnaire, rules }: Static<typeof Version>): Promise<AnswerTemplate> {
  // loaded with the first answers: who has no templates does not pay for it
  const { compileAnswerCheck } = await import('./answer-check.ts')
  const ready = compileAnswerCheck(questionnaire, rules)
  return { templateVersionId: id, check: (given, language, at) => ready.check(given, { at, language }) }
}

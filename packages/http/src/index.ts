export { bearerOf, type CallerNow } from './auth.ts'
export { newApiKey, readApiKey, writeApiKey, type ApiKeyParts } from './api-key.ts'
export { createKeySecrets, validityOf, type KeySecrets } from './key-secrets.ts'
export { askedApiKeys, personIdOf, requireScope, type ApiKeys, type KeyGrant } from './api-keys.ts'
export { authorizer, type Authorize, type Grant } from './access.ts'
export { buildHttp, type HttpOptions } from './app.ts'
export {
  baseErrors,
  defineErrors,
  Problem,
  problem,
  problemTypeBase,
  type ErrorEntry,
  type ErrorTable,
  type Fault,
  type ProblemBody,
  type ProblemOptions
} from './errors.ts'
export { encodingFor, fixedText, packed } from './compression.ts'
export { problemMediaType, sendProblem, toProblem } from './error-handler.ts'
export { charsetNames, charsetOf, decoded, decodedBody, type Charset } from './charsets.ts'
export { scimFaultOf } from './scim-problem.ts'
export { etagOf, requireIfMatch, requireIfMatchWhereSent } from './etag.ts'
export { createAnswerSweeper, migrations } from './idempotency.ts'
export { faultsOfIssuers, TrustedIssuers, type TrustedIssuer } from './issuers.ts'
export { instantOf } from './instants.ts'
export { mergePatchType, patchOf } from './merge-patch.ts'
export { movingPage, MovingPosition, type MovingList } from './moving-pages.ts'
export { registerMetricsRoute, type ReadyCheck } from './operations.ts'
export { type OpenApiDocument, type Operation, type PathItem } from './openapi.ts'
export { ownedCopies, type Asker, type OwnedCopies } from './owned-copies.ts'
export { type Caller } from './claims.ts'
export { askedPeople, refuseUnlinked, type People } from './people.ts'
export { pathId } from './path-id.ts'
export { decodeCursor, encodeCursor, pageOf, PageQuery, toPage, type Page } from './pages.ts'
export { type AuthOptions, type Principal } from './principal.ts'
export { partFaults } from './compilers.ts'
export { compileService, runService, type RunningService, type Service, type ServiceDeps } from './service.ts'
export { createSharedWrites, type SharedWrites } from './shared-write.ts'
export { type AnyReply, type AnyRequest, type App } from './types.ts'
export { createUpstream, UpstreamRefusal, type Upstream, type UpstreamOptions } from './upstream.ts'
export { closed, documentedAs } from './validation.ts'
export { unauthenticated } from './verifier.ts'
export { write, type Transact, type WriteOptions, type WriteResult } from './write.ts'

// Who may do what here: the only place in this service that names roles. `docs/access.md` shows it to readers.
import type { Role } from '@dueline/contracts'
import { authorizer, type Grant } from '@dueline/http'

/** Who may read all of it, drafts and files too. */
const readers: readonly Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator']
/** Who may write templates. */
const editors: readonly Role[] = ['sales', 'admin']
/** Who may read what is published, to give answers. */
const answerers: readonly Role[] = ['customer', ...readers]

/** The roles that may call each operation, by its `operationId`. */
export const access = {
  createTemplate: editors,
  listTemplates: readers,
  getTemplate: readers,
  updateTemplate: editors,
  createTemplateUpload: editors,
  getTemplateUpload: readers,
  finishTemplateUpload: editors,
  createTemplateVersion: editors,
  listTemplateVersions: readers,
  getTemplateVersion: answerers,
  updateTemplateVersion: editors,
  publishTemplateVersion: editors,
  exportTemplateVersion: readers,
  previewTemplateVersion: answerers,
  drawTemplatePage: answerers,
  fillTemplateForm: answerers,
  getAnswersSchema: answerers,
  validateAnswers: answerers,
  getQuestionnaireSchema: answerers,
  getQuestionTemplate: answerers,
  setQuestionTemplate: editors
} as const satisfies Record<string, readonly Role[]>

/** What is decided by the version that an operation is about. */
const grants = {
  /** What is not published is nobody's but the staff's. */
  readDrafts: { roles: readers },
  /** Where a version comes from, what its editors saw in it and who confirmed that, and labels of staff. */
  readInternals: { roles: readers }
} as const satisfies Record<string, Grant>

/** Whether the caller may do what is decided by the thing that it is about. */
export const authorize = authorizer(grants)

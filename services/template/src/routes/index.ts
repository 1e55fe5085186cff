import type { App } from '@dueline/http'
import { getAnswersSchema } from './get-answers-schema.route.ts'
import { getQuestionTemplate } from './get-question-template.route.ts'
import { getQuestionnaireSchema } from './get-questionnaire-schema.route.ts'
import { getTemplate } from './get-template.route.ts'
import { getTemplates } from './get-templates.route.ts'
import { getTemplatePage } from './get-template-page.route.ts'
import { getTemplateUpload } from './get-template-upload.route.ts'
import { getTemplateVersionExport } from './get-template-version-export.route.ts'
import { getTemplateVersionPreview } from './get-template-version-preview.route.ts'
import { getTemplateVersion } from './get-template-version.route.ts'
import { getTemplateVersions } from './get-template-versions.route.ts'
import { patchTemplate } from './patch-template.route.ts'
import { patchTemplateVersion } from './patch-template-version.route.ts'
import { postAnswersValidate } from './post-answers-validate.route.ts'
import { postFilledForm } from './post-filled-form.route.ts'
import { postTemplate } from './post-template.route.ts'
import { postTemplateUpload } from './post-template-upload.route.ts'
import { postTemplateUploadFinish } from './post-template-upload-finish.route.ts'
import { postTemplateVersion } from './post-template-version.route.ts'
import { postTemplateVersionPublish } from './post-template-version-publish.route.ts'
import { putQuestionTemplate } from './put-question-template.route.ts'
import type { RouteDeps } from './route-deps.ts'
import { templateObjects } from './template-objects.ts'

/** Every operation of the service. */
export const routes: ReadonlyArray<(app: App, deps: RouteDeps) => void> = [
  postTemplate,
  getTemplates,
  getTemplate,
  patchTemplate,
  postTemplateUpload,
  getTemplateUpload,
  postTemplateUploadFinish,
  templateObjects,
  postTemplateVersion,
  getTemplateVersions,
  getTemplateVersion,
  patchTemplateVersion,
  postTemplateVersionPublish,
  getTemplateVersionExport,
  getTemplateVersionPreview,
  getTemplatePage,
  postFilledForm,
  getAnswersSchema,
  postAnswersValidate,
  getQuestionnaireSchema,
  getQuestionTemplate,
  putQuestionTemplate
]

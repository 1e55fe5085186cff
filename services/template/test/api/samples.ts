import { deadLetterSamples, type Samples, type SampleWorld } from '@dueline/testkit'
import { form, questionId, said, type startTemplate } from './harness.ts'
import { labelledForm } from './pdfs.ts'

type World = SampleWorld<'template'>
const pdfType = 'application/pdf'
const bytes = Buffer.from('Question,Answer\nHow many?,number\n')
const broken = form({ items: [{ kind: 'text', name: 'why', label: { en: 'Why?' }, relevant: 'nowhere == 1' }] })

/** How each operation of the service is called rightly. */
export function samples (service: Awaited<ReturnType<typeof startTemplate>>): Samples<'template'> {
  const templatePath = async ({ make }: World) => ({ templateId: (await make('createTemplate')).id })
  const versionPath = async ({ make }: World) => ({ templateVersionId: (await make('createTemplateVersion')).id })
  const publishedPath = async (world: World) => {
    const path = await versionPath(world)
    await world.make('publishTemplateVersion', {}, path)
    return path
  }
  /** A template that takes nothing new. */
  const inactivePath = async (world: World) => {
    const path = await templatePath(world)
    await world.make('updateTemplate', { active: false }, path)
    return path
  }
  const brokenPath = async (world: World) => {
    const { id } = await world.make('createTemplateVersion', { questionnaire: broken })
    return { templateVersionId: id }
  }
  /** A published version of a PDF. */
  async function pdfPath ({ make }: World) {
    const { id: uploadId, templateId, upload } = await make('createTemplateUpload', said(labelledForm, pdfType))
    const path = { templateId, uploadId }
    await service.send(upload as never, labelledForm)
    await make('finishTemplateUpload', {}, path)
    await service.work()
    const { templateVersionId } = await make('getTemplateUpload', {}, path)
    const versionPath = { templateVersionId: templateVersionId! }
    await make('publishTemplateVersion', {}, versionPath)
    return versionPath
  }
  const taken = async ({ make, unique }: World) => (await make('createTemplate', { name: unique('Taken') })).name

  return {
    createTemplate: {
      request: ({ unique }) => ({ body: { name: unique('Outage') } }),
      answers: { template_name_taken: async (world) => ({ body: { name: await taken(world) } }) }
    },
    listTemplates: {
      async request ({ make }) {
        await make('createTemplate')
        return { query: { active: true, q: 'out' } }
      }
    },
    getTemplate: { request: async (world) => ({ path: await templatePath(world) }) },
    updateTemplate: {
      request: async (world) => ({ path: await templatePath(world), body: { name: world.unique('Renamed') } }),
      answers: {
        template_name_taken: async (world) => ({ path: await templatePath(world), body: { name: await taken(world) } })
      }
    },
    ...uploadSamples(),
    createTemplateVersion: {
      request: async (world) => ({ path: await templatePath(world), body: { questionnaire: form() } }),
      answers: {
        template_inactive: async (world) => ({ path: await inactivePath(world), body: { questionnaire: form() } })
      }
    },
    listTemplateVersions: {
      async request (world) {
        const { templateId } = await world.make('createTemplateVersion')
        return { path: { templateId } }
      }
    },
    getTemplateVersion: { request: async (world) => ({ path: await publishedPath(world) }) },
    updateTemplateVersion: {
      request: async (world) => ({ path: await versionPath(world), body: { rules: [] } }),
      answers: {
        version_published: async (world) => ({ path: await publishedPath(world), body: { rules: [] } })
      }
    },
    publishTemplateVersion: {
      request: async (world) => ({ path: await versionPath(world) }),
      answers: {
        async template_inactive (world) {
          const { id, templateId } = await world.make('createTemplateVersion')
          await world.make('updateTemplate', { active: false }, { templateId })
          return { path: { templateVersionId: id } }
        },
        version_published: async (world) => ({ path: await publishedPath(world) }),
        version_unfinished: async (world) => ({ path: await brokenPath(world) })
      }
    },
    exportTemplateVersion: {
      request: async (world) => ({ path: await publishedPath(world), query: { format: 'xlsx' } }),
      answers: {
        version_unfinished: async (world) => ({ path: await brokenPath(world), query: { format: 'fhir' } })
      }
    },
    previewTemplateVersion: {
      request: async (world) => ({ path: await publishedPath(world), query: { language: 'ar' } }),
      answers: { version_unfinished: async (world) => ({ path: await brokenPath(world) }) }
    },
    drawTemplatePage: {
      request: async (world) => ({ path: await pdfPath(world), query: { page: 1, widthPx: 50 } })
    },
    fillTemplateForm: {
      request: async (world) => ({ path: await pdfPath(world), body: { answers: { name: 'Amal' } } }),
      answers: {
        version_unfinished: async (world) => ({ path: await brokenPath(world), body: { answers: {} } })
      }
    },
    getAnswersSchema: { request: async (world) => ({ path: await publishedPath(world) }) },
    validateAnswers: {
      request: async (world) => ({ path: await publishedPath(world), body: { answers: { impact: 'one' } } }),
      answers: {
        version_unfinished: async (world) => ({ path: await brokenPath(world), body: { answers: {} } })
      }
    },
    getQuestionnaireSchema: { request: () => ({}), withoutDatabase: true },
    ...questionSamples(),
    ...deadLetterSamples('Template', service)
  }

  function uploadSamples () {
    const uploadPath = async ({ make }: World) => {
      const { id: uploadId, templateId } = await make('createTemplateUpload')
      return { uploadId, templateId }
    }
    const body = said(bytes) as never
    return {
      createTemplateUpload: {
        request: async (world: World) => ({ path: await templatePath(world), body }),
        answers: { template_inactive: async (world: World) => ({ path: await inactivePath(world), body }) }
      },
      getTemplateUpload: { request: async (world: World) => ({ path: await uploadPath(world) }) },
      finishTemplateUpload: {
        async request ({ make }: World) {
          const { id: uploadId, templateId, upload } = await make('createTemplateUpload')
          await service.send(upload as never, bytes)
          return { path: { uploadId, templateId } }
        },
        answers: {
          async template_inactive (world: World) {
            const path = await uploadPath(world)
            await world.make('updateTemplate', { active: false }, { templateId: path.templateId })
            return { path }
          },
          file_not_uploaded: async (world: World) => ({ path: await uploadPath(world) }),
          async file_ended (world: World) {
            const path = await uploadPath(world)
            await service.database.tx(async (tx) => {
              const own = tx as never
              await service.service.files.remove(
                Object.assign(own, { tenantId: world.tenant }),
                path.uploadId,
                'somebody'
              )
            })
            return { path }
          }
        }
      }
    } satisfies Partial<Samples<'template'>>
  }

  function questionSamples () {
    const path = { questionId }
    const tieable = async (world: World) => {
      const { id, templateId } = await world.make('createTemplateVersion')
      await world.make('publishTemplateVersion', {}, { templateVersionId: id })
      return templateId
    }
    return {
      getQuestionTemplate: {
        async request (world: World) {
          await world.make('setQuestionTemplate')
          return { path }
        }
      },
      setQuestionTemplate: {
        request: async (world: World) => ({ path, body: { templateId: await tieable(world) } }),
        answers: {
          async template_inactive (world: World) {
            const templateId = await tieable(world)
            await world.make('updateTemplate', { active: false }, { templateId })
            return { path, body: { templateId } }
          },
          version_not_published: async (world: World) => ({ path, body: await templatePath(world) })
        }
      }
    } satisfies Partial<Samples<'template'>>
  }
}

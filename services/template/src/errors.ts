import { defineErrors } from '@dueline/http'
import { fileErrors, objectErrors } from '@dueline/object-store'

/** The problems that only this service answers. */
export const errors = defineErrors({
  ...objectErrors,
  ...fileErrors,
  template_name_taken: {
    status: 409,
    title: 'A template with this name exists already',
    description:
      'Names of templates are unique per tenant; case does not count. Add a version to that template instead.'
  },
  template_inactive: {
    status: 409,
    title: 'The template is not active',
    description: 'It takes no files, versions and questions, and publishes none. Set `active` to true first.'
  },
  version_published: {
    status: 409,
    title: 'The version is published',
    description: 'A published version never changes: tickets keep the one that their answers were checked by. Make ' +
      'another version.'
  },
  version_unfinished: {
    status: 409,
    title: 'The version cannot be published yet',
    description: '`errors` lists what is wrong with it, and the issues of its file that nobody has confirmed.'
  },
  version_not_published: {
    status: 409,
    title: 'The template has no published version',
    description: 'Publish one first: a question needs something to check answers by.'
  }
})

export { buildService, type BuiltService, type ServiceParts } from './build-service.ts'
export { authKeys, authOptions, serviceConfig, type ServiceConfig } from './config.ts'
export { kafkaConnection, kafkaKeys } from './bus-choice.ts'
export { directoryService, directoryServiceKeys } from './directory-service.ts'
export { idOfExternal } from './person-id.ts'
export { personCopies, type PersonCopies } from './person-copies.ts'
export { listen, runServiceProcess, type ServiceProcess } from './process.ts'
export { runMain, stopOnSignal, whenAvailable, type Main } from './start.ts'
export {
  copiedTypes,
  directoryCopyMigrations,
  directoryCopyRow,
  findDirectoryCopies,
  isCopied,
  onDirectoryChanged,
  saveDirectoryCopies,
  type CopiedKind,
  type CopiedType,
  type DirectoryCopy
} from './directory-copies.ts'
export {
  createAnswerTemplates,
  templateServiceKeys,
  type AnswerTemplate,
  type AnswerTemplates
} from './answer-templates.ts'
export { noInChargeCopies, readInChargeCopies, type InChargeCopies, type QueuedTicket } from './in-charge-facts.ts'

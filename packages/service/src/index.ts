export { jwksUrl, serviceConfig, type ServiceConfig } from './config.ts'
export { kafkaConnection, kafkaKeys } from './bus-choice.ts'
export { authOptions, listen, runServiceProcess, type ServiceProcess } from './process.ts'
export { runMain, stopOnSignal, whenAvailable, type Main } from './start.ts'

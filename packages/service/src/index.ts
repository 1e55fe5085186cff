export { serviceConfig, type ServiceConfig } from './config.ts'
export { kafkaConnection, kafkaKeys } from './bus-choice.ts'
export { authOptions, runServiceProcess, stopOnSignal, type ServiceProcess } from './process.ts'

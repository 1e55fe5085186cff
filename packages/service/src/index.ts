export { serviceConfig, type ServiceConfig } from './config.ts'
export { authOptions, runServiceProcess, stopOnSignal, type ServiceProcess } from './process.ts'

export { startMailCatcher, type CaughtMail, type MailCatcher } from './mail-catcher.ts'
export { startMailPage, type MailPage } from './mail-page.ts'

import { answerTasks } from '@dueline/runtime/threads'
import { answerTask } from './table-tasks.ts'

answerTasks(answerTask)

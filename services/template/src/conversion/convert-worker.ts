import { answerTasks } from '@dueline/runtime/threads'
import { convert } from './convert.ts'
import type { Task } from './converter.ts'

answerTasks(async (task: Task) => await convert(task))

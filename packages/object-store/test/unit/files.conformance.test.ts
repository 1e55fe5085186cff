import t from 'tap'
import { storeConformance } from '@dueline/object-store/conformance'
import { servedFiles } from '../support/files.ts'

await storeConformance(t, servedFiles)

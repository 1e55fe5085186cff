import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'

const built = ['dist', '.git', '.dueline', '.cache', 'tsconfig.tsbuildinfo']

/** Copies this tree to `to`, ready to run from source: what pnpm installed is linked, not copied. */
export function copyTree (to: string): void {
  cpSync('.', to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => file !== 'node_modules' && !built.includes(basename(file))
  })
  mkdirSync(join(to, 'node_modules'))
  for (const name of readdirSync('node_modules')) {
    // links between packages of the tree lead to those of the copy
    if (name === '@dueline') {
      cpSync('node_modules/@dueline', join(to, 'node_modules/@dueline'), { recursive: true, verbatimSymlinks: true })
    } else symlinkSync(resolve('node_modules', name), join(to, 'node_modules', name))
  }
}

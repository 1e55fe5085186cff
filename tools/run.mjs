// Every `npm run …` command starts here, on a fresh clone with only Node 18 or newer, npm and git. Nothing but this
// check may stand in this file: an older Node has to be able to read it.
const major = Number(process.versions.node.split('.')[0])
if (major < 18) {
  console.error(
    'dueline: this is Node ' + process.versions.node +
      '. Install Node 18 or newer (24 is best) and run the command again.'
  )
  process.exit(1)
}
import('./runner/main.mjs').catch(function (error) {
  console.error(error)
  process.exit(1)
})

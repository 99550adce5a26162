// The door to every npm command. It runs on whatever Node a machine has, so it uses nothing newer than Node 20 and
// no package: it installs and builds what is missing, and hands over to the Node 24 that the install brought.
const major = Number(process.versions.node.split('.')[0])
if (major < 20) {
  console.error(
    `Holdfast needs Node 20 or newer, and this is Node ${process.versions.node}. Install one from https://nodejs.org and try again.`,
  )
  process.exit(1)
}
const { runCommand } = await import('./commands.mjs')
process.exitCode = await runCommand(process.argv[2], process.argv.slice(3))

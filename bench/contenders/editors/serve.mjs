// A contender's server in a process of its own: `node serve.mjs <contender> <folder>` prints its port.
const [contender, folder] = process.argv.slice(2)
const { default: chosen } = await import(`./${contender}.mjs`)
console.log(`port ${await chosen.serve(folder)}`)

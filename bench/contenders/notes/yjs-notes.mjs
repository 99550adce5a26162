import * as Y from 'yjs'

/**
 * Each note in a Y.Doc of its own. `connect` keeps one synced: it resolves when the server's state is here.
 * @param {(name: string, doc: Y.Doc) => Promise<void>} connect
 */
export const createYjsNotes = connect => {
  const docs = new Map()
  let made = 0
  const open = async name => {
    const doc = new Y.Doc()
    docs.set(name, doc)
    await connect(name, doc)
  }
  const textOf = name => docs.get(name).getText('text')
  return {
    add: async content => {
      made += 1
      const name = `note-${made}-${Math.random().toString(36).slice(2)}`
      await open(name)
      textOf(name).insert(0, content)
      return name
    },
    open,
    insert: (name, at, content) => textOf(name).insert(at, content),
    remove: (name, at, count) => textOf(name).delete(at, count),
    text: name => textOf(name).toJSON(),
  }
}

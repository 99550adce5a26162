/** An editor of a Y.Doc, whatever brings it to others. */
export const yjsEditor = ({ document, doc, goOffline, goOnline, close }) => {
  const text = doc.getText('text')
  return {
    document,
    insert: (at, content) => text.insert(at, content),
    remove: (at, count) => text.delete(at, count),
    text: () => text.toJSON(),
    onChange: listener => text.observe((_event, { local }) => local || listener()),
    goOffline,
    goOnline,
    close,
  }
}

export const newName = () => `text-${Math.random().toString(36).slice(2)}`

// Documents of some updates each, stored by y-leveldb as its server stores them.
import { LeveldbPersistence } from 'y-leveldb'
import * as Y from 'yjs'

const [path, bytes, pieces, pieceBytes] = [process.argv[2], ...process.argv.slice(3).map(Number)]
const updates = []
const document = new Y.Doc()
document.on('update', update => updates.push(update))
for (let piece = 0; piece < pieces; piece++) {
  const noise = Array.from({ length: pieceBytes }, () => String.fromCharCode(97 + Math.random() * 26)).join(
    '',
  )
  document.getText('text').insert(piece * pieceBytes, noise)
}
const store = new LeveldbPersistence(path)
for (let room = 0; room * pieces * pieceBytes < bytes; room++)
  for (const update of updates) await store.storeUpdate(`filled-${room}`, update)
await store.destroy()

// What Jazz's clients say, made before the server is measured: their signing and sealing are not what is measured.
import { LocalNode } from 'cojson'
import { NapiCrypto } from 'cojson/crypto/NapiCrypto'

/**
 * A group with one map for each room. Of each sender (a session of its own): the changes of the map, one a message.
 * @param {{rooms: number, senders: number, updates: number}} plan
 * @param {(room: number, sender: number, update: number) => string} textOf
 */
export const makeRooms = async ({ rooms, senders, updates }, textOf) => {
  const crypto = await NapiCrypto.create()
  const secret = crypto.newRandomAgentSecret()
  const newNode = () => new LocalNode(secret, crypto.newRandomSessionID(crypto.getAgentID(secret)), crypto)
  const contentOf = core => core.newContentSince(undefined) ?? []

  return Array.from({ length: rooms }, (_, room) => {
    const founder = newNode()
    const group = founder.createGroup()
    const map = group.createMap()
    const founding = [...contentOf(group.core), ...contentOf(map.core)]
    return {
      id: map.id,
      founding,
      senders: Array.from({ length: senders }, (_, sender) => {
        const node = sender === 0 ? founder : newNode()
        if (node !== founder)
          for (const message of founding) node.syncManager.handleNewContent(message, 'import')
        const core = node.getCoValue(map.id)
        const content = core.getCurrentContent()
        const messages = []
        for (let update = 0; update < updates; update++) {
          const before = structuredClone(core.knownState())
          content.set('text', textOf(room, sender, update), 'private')
          messages.push(...core.newContentSince(before))
        }
        return { session: node.currentSessionID, messages }
      }),
    }
  })
}

import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

/** A way for an unmodified y-websocket provider to reach a Yjs server, and to lose it. */
export interface YjsServerRig {
  readonly address: string
  /** What the provider is given as its WebSocket. */
  readonly socket: (room: string) => typeof WebSocket
  /** The server's own copy of a room. */
  readonly room: (name: string) => Y.Doc
  /** Ends all connections; new ones stay CONNECTING until `restore`. */
  readonly cut: () => void
  readonly restore: () => void
  readonly close: () => Promise<void>
}

/** What y-websocket expects of the socket below it. Each implementation runs the same stories. */
export const yjsSocketContract = (name: string, start: () => Promise<YjsServerRig>): void => {
  describe(`${name}, under an unmodified y-websocket provider`, () => {
    const ending: (() => unknown)[] = []
    afterEach(async () => {
      for (const end of ending.splice(0).reverse()) await end()
    })

    const setup = async () => {
      const rig = await start()
      ending.push(rig.close)
      const connect = (room: string, doc = new Y.Doc()) => {
        const provider = new WebsocketProvider(rig.address, room, doc, {
          disableBc: true,
          maxBackoffTime: 50,
          WebSocketPolyfill: rig.socket(room),
        })
        ending.push(() => provider.destroy())
        const synced = (): Promise<void> => vi.waitFor(() => expect(provider.synced).toBe(true), 4000)
        return { provider, doc, text: doc.getText('text'), synced }
      }
      const serverText = (room: string) => rig.room(room).getText('text')
      return { rig, connect, serverText }
    }
    const shows = (text: Y.Text, expected: string): Promise<void> =>
      vi.waitFor(() => expect(text.toJSON()).toBe(expected), 4000)

    test('what each side has when they meet reaches the other', async () => {
      const { connect, serverText } = await setup()
      serverText('a').insert(0, 'server')
      const { text, synced } = connect('a')
      text.insert(0, 'device ')
      await synced()
      await vi.waitFor(() => expect(text.toJSON()).toBe(serverText('a').toJSON()))
      expect(text.length).toBe('device server'.length)
    })

    test('live edits go both ways', async () => {
      const { connect, serverText } = await setup()
      const { text, synced } = connect('a')
      await synced()
      text.insert(0, 'one')
      await shows(serverText('a'), 'one')
      serverText('a').insert(3, ' two')
      await shows(text, 'one two')
    })

    test('what came from the server is not sent back', async () => {
      const { rig, connect, serverText } = await setup()
      const { doc, synced } = connect('a')
      await synced()
      let echoed = 0
      rig.room('a').on('update', (_update, origin) => {
        if (origin !== null) echoed += 1
      })
      serverText('a').insert(0, 'only once')
      await shows(doc.getText('text'), 'only once')
      doc.getText('own').insert(0, 'mine')
      await vi.waitFor(() => expect(rig.room('a').getText('own').toJSON()).toBe('mine'))
      expect(echoed).toBe(1)
    })

    test('a cut connection comes back, and what was written meanwhile with it', async () => {
      const { rig, connect, serverText } = await setup()
      const { text, synced, provider } = connect('a')
      await synced()
      rig.cut()
      await vi.waitFor(() => expect(provider.wsconnected).toBe(false))
      text.insert(0, 'offline')
      serverText('a').insert(0, 'meanwhile')
      rig.restore()
      await synced()
      await vi.waitFor(() => expect(text.toJSON()).toBe(serverText('a').toJSON()))
      expect(text.length).toBe('offlinemeanwhile'.length)
    })

    test('twenty documents at once stay apart', async () => {
      const { connect, serverText } = await setup()
      const devices = Array.from({ length: 20 }, (_, index) => connect(`room ${index}`))
      await Promise.all(devices.map(({ synced }) => synced()))
      devices.forEach(({ text }, index) => {
        text.insert(0, `text ${index}`)
      })
      await Promise.all(devices.map((_, index) => shows(serverText(`room ${index}`), `text ${index}`)))
    })

    test('a provider that is destroyed says nothing more', async () => {
      const { connect, serverText } = await setup()
      const { provider, text, synced } = connect('a')
      await synced()
      provider.destroy()
      text.insert(0, 'unheard')
      const other = connect('a')
      await other.synced()
      other.text.insert(0, 'heard')
      await shows(serverText('a'), 'heard')
    })
  })
}

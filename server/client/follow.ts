import { WebSocket } from 'ws'
import type { DocumentId } from '../../protocol/ids.ts'
import { PING_AFTER_MS } from '../../protocol/limits.ts'
import { encodeClientMessage } from '../../protocol/relay-codec.ts'
import { SUBPROTOCOL, workspacePath } from '../../protocol/relay-http.ts'
import type { ClientMessage, RelayMessage } from '../../protocol/relay-messages.ts'
import { createRelayDecoder } from '../../protocol/wire-codec.ts'
import type { Arguments } from './arguments.ts'
import { describeEntry } from './envelopes.ts'
import { Failed, REFUSED, UNREACHABLE } from './failure.ts'
import { openAccount } from './key-file.ts'
import type { Terminal } from './terminal.ts'

const RENEW_AFTER_MS = 10 * 60_000

/** Prints entries as they come; resolves when it is interrupted. */
export const follow = async (args: Arguments, { print, onInterrupt }: Terminal): Promise<void> => {
  const account = await openAccount(args.key)
  const token = () => account.token(['read'])
  const address = account.relay.replace(/^http/, 'ws') + workspacePath(account.workspace)
  const socket = new WebSocket(address, [SUBPROTOCOL, await token()])
  const send = (message: ClientMessage): void => socket.send(encodeClientMessage(message))
  const decode = createRelayDecoder()
  const loaded = new Set<DocumentId>()

  const load = (document: DocumentId): void => {
    if (loaded.has(document)) return
    loaded.add(document)
    send({ type: 'load', document, after: args.after, request: 1 })
  }

  const dealWith = async (message: RelayMessage): Promise<void> => {
    switch (message.type) {
      case 'hello':
        if (args.document === null) send({ type: 'watch', after: args.after })
        else load(args.document)
        return
      case 'changed':
        for (const { document } of message.documents) load(document)
        return
      case 'content':
        for (const entry of message.entries)
          print(await describeEntry({ ...entry, document: message.document }, args.full))
        return
      case 'refused':
        throw new Failed(REFUSED, `The relay refused (${message.code}): ${message.message}`)
      case 'done':
      case 'known':
      case 'slots':
      case 'access':
      case 'ephemeral':
      case 'pong':
        return
    }
  }

  await new Promise<void>((resolve, reject) => {
    const alive = setInterval(() => send({ type: 'ping' }), PING_AFTER_MS)
    const renewal = setInterval(
      () => void token().then(fresh => send({ type: 'renew', token: fresh })),
      RENEW_AFTER_MS,
    )
    const end = (settle: () => void): void => {
      clearInterval(alive)
      clearInterval(renewal)
      socket.close()
      settle()
    }
    let printing: Promise<void> = Promise.resolve()
    socket.on('message', data => {
      const message = decode(data as Buffer)
      printing = printing
        .then(() => {
          if (!message.ok)
            throw new Failed(REFUSED, `What answers speaks another language: ${message.error.message}`)
          return dealWith(message.value)
        })
        .catch(error => end(() => reject(error)))
    })
    socket.on('error', () => {
      // `close` follows
    })
    socket.on('close', (code, reason) => {
      const failure = reason.length
        ? new Failed(REFUSED, `The relay closed the connection (${reason}).`)
        : new Failed(UNREACHABLE, `The connection to ${account.relay} ended (${code}).`)
      end(() => reject(failure))
    })
    onInterrupt(() => end(resolve))
  })
}

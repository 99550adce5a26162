import { expect, test } from 'vitest'
import { type Attachment, createAttachments, type Others } from '../../../worker/documents/attachments.ts'
import type { DocumentStore } from '../../../worker/storage/document-store.ts'

/** A document at relays whose word the test gives. */
const setup = (relays: Readonly<Record<string, { confirms: boolean; unsent: boolean }>>) => {
  let sendings = 0
  const others: Record<string, Others> = {}
  const send: Record<string, () => void> = {}
  const attachments = createAttachments({
    id: 'note',
    store: {} as DocumentStore,
    onPresent: () => undefined,
    onSending: () => {
      sendings += 1
    },
  })
  for (const [name, { confirms, unsent }] of Object.entries(relays))
    attachments.attach(name, (_id, _store, rest): Attachment => {
      others[name] = rest
      return {
        confirms,
        unsent: () => unsent,
        clean: () => (unsent ? null : { log: name, position: 1 }),
        settled: () => !unsent,
        present: () => 1,
        onPresent: () => () => undefined,
        onSending: listener => {
          send[name] = listener
          return () => undefined
        },
        setWatched: () => undefined,
        flush: async () => undefined,
        detach: async () => undefined,
      }
    })
  return { attachments, others, send: (name: string) => send[name]!(), sendings: () => sendings }
}

const relay = (unsent: boolean) => ({ confirms: true, unsent })
const server = (unsent: boolean) => ({ confirms: false, unsent })

test('what one relay has confirmed is not unsent; what a server was only handed is, beside a relay', () => {
  expect(setup({ a: relay(true), b: relay(false) }).attachments.unsent()).toBe(false)
  expect(setup({ a: relay(true), b: server(false) }).attachments.unsent()).toBe(true)
  expect(setup({ b: server(false) }).attachments.unsent()).toBe(false)
  expect(setup({}).attachments.unsent()).toBe(false)
})

test('words that only a server was handed are still news to the workspace when a relay gets them', () => {
  const handed = setup({ server: server(false), relay: relay(true) })
  handed.send('relay')
  expect(handed.sendings()).toBe(1)
  const known = setup({ a: relay(false), b: relay(true) })
  known.send('b')
  expect(known.sendings()).toBe(0)
})

test('nobody waits for a server that confirms nothing', () => {
  expect(setup({ a: relay(true), b: server(false) }).others.a!.haveAll()).toBe(false)
  expect(setup({ a: relay(true), b: relay(false) }).others.a!.haveAll()).toBe(true)
  expect(setup({ a: relay(true) }).others.a!.any()).toBe(false)
})

test('a document is clean at each relay by itself, and one person counts once', () => {
  const { attachments } = setup({ a: relay(false), b: relay(true) })
  expect(attachments.clean()).toEqual({ a: { log: 'a', position: 1 } })
  expect(attachments.isCleanEverywhere()).toBe(false)
  expect(attachments.present()).toBe(1)
})

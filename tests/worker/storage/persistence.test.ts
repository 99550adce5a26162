import 'fake-indexeddb/auto'
import { describe } from 'vitest'
import { IndexeddbPersistence } from 'y-indexeddb'
import { createDatabaseSeal } from '../../../worker/storage/database-seal.ts'
import { SealedPersistence } from '../../../worker/storage/sealed-persistence.ts'
import { type Persistence, persistenceContract } from '../../contract/persistence.ts'

const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])

describe('y-indexeddb', () =>
  persistenceContract((name, doc) => new IndexeddbPersistence(name, doc) as unknown as Persistence))
describe('sealed', () =>
  persistenceContract((name, doc) => new SealedPersistence(name, doc, createDatabaseSeal(name, key))))

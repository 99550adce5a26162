import { calculateJwkThumbprint } from 'jose'
import { fromBase64url, toBase64url } from './bytes.ts'
import { isSoundPoint } from './sound-point.ts'

/** RFC 7638 thumbprint of the workspace's Ed25519 key: 32 bytes as base64url, 43 characters. */
export type WorkspaceId = string
/** 16 random bytes as base64url, 22 characters. A note has the id of its document. */
export type DocumentId = string
/** RFC 7638 thumbprint of a device's Ed25519 key: 43 characters. */
export type DeviceId = string
/** 16 random bytes as base64url: one life of a worker. */
export type SessionId = string
/** 16 random bytes as base64url: a relay that a workspace names. Relays are told nothing of each other. */
export type NamedRelayId = string
/** `<session>.<sequence>`, for example `kq3…w.17`. */
export type EnvelopeId = string

/** The index of a workspace: 16 zero bytes. */
export const HOME_DOCUMENT: DocumentId = 'AAAAAAAAAAAAAAAAAAAAAA'
/** The passwords and keys of a workspace: 15 zero bytes and a one. */
export const VAULT_DOCUMENT: DocumentId = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** Whether a document may be a note: the others are those whose ids are known beforehand. */
export const isNoteDocument = (id: DocumentId): boolean => id !== HOME_DOCUMENT && id !== VAULT_DOCUMENT

// The last character of a whole number of bytes has unused bits; they must be zero, so that an id has one spelling.
const THUMBPRINT = /^[\w-]{42}[AEIMQUYcgkosw048]$/
const RANDOM_ID = /^[\w-]{21}[AQgw]$/

const isThumbprint = (value: unknown): value is string => typeof value === 'string' && THUMBPRINT.test(value)

export const isWorkspaceId: (value: unknown) => value is WorkspaceId = isThumbprint
export const isDeviceId: (value: unknown) => value is DeviceId = isThumbprint
const isRandomId = (value: unknown): value is string => typeof value === 'string' && RANDOM_ID.test(value)

export const isDocumentId: (value: unknown) => value is DocumentId = isRandomId
export const isSessionId: (value: unknown) => value is SessionId = isRandomId
export const isNamedRelayId: (value: unknown) => value is NamedRelayId = isRandomId

export const DOCUMENT_ID_BYTES = 16
export const SESSION_ID_BYTES = 16

export const documentBytes = (id: DocumentId): Uint8Array<ArrayBuffer> => fromBase64url(id)
export const documentFromBytes = (bytes: Uint8Array): DocumentId => toBase64url(bytes)

export const envelopeId = (session: SessionId, sequence: number): EnvelopeId => `${session}.${sequence}`

/** A public Ed25519 key as a JSON Web Key (RFC 8037). */
export interface PublicKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  /** 32 bytes as base64url. */
  readonly x: string
}

export const publicKeyFromBytes = (bytes: Uint8Array): PublicKey => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: toBase64url(bytes),
})

export const thumbprint = (key: PublicKey): Promise<string> => calculateJwkThumbprint({ ...key }, 'sha256')

export const isPublicKey = (value: unknown): value is PublicKey => {
  if (typeof value !== 'object' || value === null) return false
  const { kty, crv, x } = value as Record<string, unknown>
  return kty === 'OKP' && crv === 'Ed25519' && isThumbprint(x) && isSoundPoint(fromBase64url(x))
}

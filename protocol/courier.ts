import { decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose'
import { isPublicKey, type PublicKey, thumbprint } from './ids.ts'
import { isSoundJws } from './jws.ts'

const COURIER_TYPE = 'holdfast-courier+jwt'

type SigningKey = Parameters<SignJWT['sign']>[0]

/** What a device signs so that another key may deliver, in its name, what it has sealed: and nothing else. */
export const appointCourier = async (
  courier: PublicKey,
  device: { readonly signing: SigningKey; readonly publicKey: PublicKey },
): Promise<string> =>
  new SignJWT({ courier: await thumbprint(courier) })
    .setProtectedHeader({ alg: 'EdDSA', typ: COURIER_TYPE, jwk: { ...device.publicKey } })
    .sign(device.signing)

/** The device in whose name a key may deliver; null where the text does not say so. `courier` is its thumbprint. */
export const appointedBy = async (text: unknown, courier: string): Promise<string | null> => {
  if (typeof text !== 'string' || !isSoundJws(text)) return null
  try {
    const { jwk } = decodeProtectedHeader(text)
    if (!isPublicKey(jwk)) return null
    const key = { kty: jwk.kty, crv: jwk.crv, x: jwk.x }
    const { payload } = await jwtVerify(text, await importJWK(key, 'EdDSA'), {
      algorithms: ['EdDSA'],
      typ: COURIER_TYPE,
    })
    return payload.courier === courier ? await thumbprint(key) : null
  } catch {
    return null
  }
}

/**
 * Loaded before everything else. The page's policy demands Trusted Types: script addresses (the workers') must be of
 * this origin, and there is no way at all to make markup or script from text.
 */
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): unknown
}

const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory }

trustedTypes?.createPolicy('default', {
  createScriptURL(address) {
    if (new URL(address, location.href).origin === location.origin) return address
    throw new TypeError('Scripts come from this origin only.')
  },
})

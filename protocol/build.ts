/** Put in by the build; nothing puts it in where the sources run as they are. */
declare const __BUILD__: string | undefined

/** Names the build that this code belongs to. Page and worker compare theirs when they meet. */
export const BUILD: string = typeof __BUILD__ === 'string' ? __BUILD__ : 'unbuilt'

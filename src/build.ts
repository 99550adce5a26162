/** Set by the build for the page and the worker alike, so that each notices when the other is of another build. */
declare const __BUILD__: string

export const BUILD: string = __BUILD__

/**
 * A first install takes over at once, so that the very first visit works offline. A new build waits until the person
 * agrees, because it replaces what the open tabs run on. Workbox's window library sends the message.
 */
export const takeOverWhenAsked = (scope: ServiceWorkerGlobalScope): void => {
  scope.addEventListener('install', () => {
    if (!scope.registration.active) void scope.skipWaiting()
  })
  scope.addEventListener('message', event => {
    if ((event.data as { type?: unknown } | null)?.type === 'SKIP_WAITING') void scope.skipWaiting()
  })
}

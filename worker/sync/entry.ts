/** What is loaded only once sync is on. */
export { createOutboxClient } from './outbox-client.ts'
export { createRelayHttp } from './relay-http.ts'
export { createSync } from './sync.ts'

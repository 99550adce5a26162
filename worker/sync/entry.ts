/** What is loaded only once sync is on. */
export { createOutboxClient } from './relay/outbox-client.ts'
export { createRelayHttp } from './relay/relay-http.ts'
export { createRelays } from './relays.ts'

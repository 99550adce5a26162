/** A dialog of the vault is closed: the page takes it out. */
export class VaultClosedEvent extends Event {
  static readonly type = 'hf-vault-closed'
  constructor() {
    super(VaultClosedEvent.type, { bubbles: true, composed: true })
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'hf-vault-closed': VaultClosedEvent
  }
}

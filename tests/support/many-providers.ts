/**
 * In Node each y-websocket provider listens for the end of the process until it is destroyed, and a test has several
 * devices with a provider for each open document: Node takes more than ten of these for a leak, and says so.
 */
process.setMaxListeners(0)

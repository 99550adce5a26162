import { registerIconLibrary } from '@awesome.me/webawesome/dist/components/icon/library.js'

/** Drawn for this app; the names that the library's own controls ask for are among them. */
const SHEET = '/icons/sprite.svg'

// Both must be ours, or the library fetches icons from a server that is not this one.
for (const library of ['default', 'system']) {
  registerIconLibrary(library, {
    resolver: name => `${SHEET}#${name}`,
    spriteSheet: true,
    // Without it the drawing is 300 pixels wide, and takes the clicks of its neighbours.
    mutator: svg => svg.setAttribute('viewBox', '0 0 24 24'),
  })
}

import { expect, type Page } from '@playwright/test'

/** What Chromium tells assistive technology about a page. */
interface AxNode {
  readonly nodeId: string
  readonly parentId?: string
  readonly ignored: boolean
  readonly role?: { readonly value?: unknown }
  readonly name?: { readonly value?: unknown }
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value?: unknown } }[]
}

const NEEDS_NAME = new Set([
  'button',
  'link',
  'textbox',
  'searchbox',
  'checkbox',
  'combobox',
  'dialog',
  'heading',
  'image',
  'img',
  'region',
  'option',
  'tab',
])
/** What is inside of these is read as part of their name, an icon's drawing for example. */
const ONE_THING = new Set(['button', 'checkbox', 'image', 'img', 'option', 'tab'])
const nodeProblems = (nodes: readonly AxNode[]): string[] => {
  const problems: string[] = []
  const byId = new Map(nodes.map(node => [node.nodeId, node]))
  const isPart = ({ parentId = '' }: AxNode): boolean => {
    const parent = byId.get(parentId)
    return parent !== undefined && (ONE_THING.has(String(parent.role?.value)) || isPart(parent))
  }
  let level = 0
  for (const node of nodes) {
    const { ignored, role, name, properties = [] } = node
    if (ignored || isPart(node)) continue
    const what = String(role?.value ?? '')
    const called = String(name?.value ?? '').trim()
    const property = (key: string) => properties.find(found => found.name === key)?.value.value
    if (NEEDS_NAME.has(what) && called === '') problems.push(`a ${what} has no name`)
    if (what !== 'heading') continue
    const next = Number(property('level'))
    if (level > 0 && next > level + 1) problems.push(`“${called}” goes from heading ${level} to ${next}`)
    level = next
  }
  return problems
}

/**
 * Texts whose contrast is below WCAG AA (4.5 to 1, and 3 to 1 for large ones), and what can be reached by keyboard
 * without being anything. Looks into open shadow roots.
 */
const elementProblems = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    type Color = readonly [number, number, number, number]
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!
    const read = (color: string): Color => {
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = color
      canvas.fillRect(0, 0, 1, 1)
      const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data
      return [r, g, b, a / 255]
    }
    const over = (top: Color, below: Color): Color => {
      const mix = (index: 0 | 1 | 2) => top[index] * top[3] + below[index] * (1 - top[3])
      return [mix(0), mix(1), mix(2), 1]
    }
    const parentOf = (element: Element): Element | null =>
      element.assignedSlot ??
      element.parentElement ??
      (element.getRootNode() instanceof ShadowRoot ? (element.getRootNode() as ShadowRoot).host : null)
    const behind = (element: Element | null): Color => {
      if (!element) return [255, 255, 255, 1]
      const own = read(getComputedStyle(element).backgroundColor)
      return own[3] === 1 ? own : over(own, behind(parentOf(element)))
    }
    const light = ([r, g, b]: Color) => {
      const linear = [r, g, b].map(value => {
        const part = value / 255
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!
    }
    const problems: string[] = []
    const judge = (text: Text, element: Element) => {
      const words = (text.textContent ?? '').trim()
      const range = document.createRange()
      range.selectNodeContents(text)
      const { width, height } = range.getBoundingClientRect()
      if (words === '' || width < 2 || height < 2) return
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return
      if (element.closest('[disabled], [aria-disabled="true"]')) return
      const style = getComputedStyle(element)
      const ground = behind(element)
      const [a, b] = [light(over(read(style.color), ground)), light(ground)]
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
      const size = Number.parseFloat(style.fontSize)
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
      if (ratio < (isLarge ? 3 : 4.5))
        problems.push(`“${words.slice(0, 40)}” has a contrast of ${ratio.toFixed(2)}`)
    }
    const NATIVE = ['a', 'button', 'input', 'select', 'summary', 'textarea']
    const isNothing = (element: Element) =>
      element instanceof HTMLElement &&
      element.tabIndex >= 0 &&
      !element.isContentEditable &&
      !element.shadowRoot &&
      !element.hasAttribute('role') &&
      !NATIVE.includes(element.localName)
    const walk = (root: Node) => {
      for (const node of root.childNodes) {
        if (node instanceof Text && node.parentElement) judge(node, node.parentElement)
        if (!(node instanceof Element) || node.localName === 'style') continue
        if (isNothing(node)) problems.push(`a ${node.localName} can be reached by keyboard and has no role`)
        if (node.shadowRoot) walk(node.shadowRoot)
        walk(node)
      }
    }
    walk(document.body)
    return problems
  })

/** Colours that change from day to night on their way are neither. */
const colorsSettle = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const roots: (Document | ShadowRoot)[] = [document]
    for (const root of roots)
      for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot) roots.push(shadowRoot)
    const changing = roots
      .flatMap(root => root.getAnimations())
      .filter(animation => animation instanceof CSSTransition)
    await Promise.allSettled(changing.map(({ finished }) => finished))
  })

/** What stands in the way of people who use a screen reader, a keyboard, or need contrast; empty where nothing does. */
export const accessibilityProblems = async (page: Page): Promise<string[]> => {
  await colorsSettle(page)
  const session = await page.context().newCDPSession(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  await session.detach()
  return [...nodeProblems(nodes as readonly AxNode[]), ...(await elementProblems(page))]
}

/** Nothing stands in anybody's way, by day and by night. `where` names the place in a failure. */
export const expectClear = async (page: Page, where: string): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await accessibilityProblems(page), `${where}, ${colorScheme}`).toEqual([])
  }
}

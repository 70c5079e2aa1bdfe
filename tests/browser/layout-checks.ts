/**
 * What is wrong with the layout of the page as it is now, one line each; empty when nothing is. Evaluated in the page, so it uses nothing from
 * outside of itself. Checked are: the document does not scroll sideways; no text is cut without an ellipsis and a title; no control lies on
 * another; controls are at least 24 px, or so far from others that a circle of 24 px around each touches none (WCAG 2.2, 2.5.8).
 */
export function findLayoutFaults(): string[] {
  const SLACK = 1.5
  const TARGET = 24
  interface Box {
    left: number
    top: number
    right: number
    bottom: number
  }
  const CONTROLS =
    'a[href], button, input, select, textarea, summary, [role=button], [role=option], [role=tab], [role=slider], [role=switch]'
  // A modal dialog hides the rest from people.
  const root: Element = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body

  const boxOf = ({ left, top, right, bottom }: DOMRect): Box => ({ left, top, right, bottom })
  const isEmpty = ({ left, top, right, bottom }: Box) => right - left < 1 || bottom - top < 1
  const meet = (a: Box, b: Box): Box => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  })
  const nameOf = (element: Element): string => {
    const said = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\s+/g, ' ')
    const where = element.id
      ? `#${element.id}`
      : element.className && typeof element.className === 'string'
        ? `.${element.className.trim().split(/\s+/).join('.')}`
        : ''
    return `<${element.tagName.toLowerCase()}${where}> "${said.slice(0, 40)}"`
  }
  const styles = new Map<Element, CSSStyleDeclaration>()
  const styleOf = (element: Element): CSSStyleDeclaration => {
    const known = styles.get(element) ?? getComputedStyle(element)
    styles.set(element, known)
    return known
  }
  /** Not drawn, or for screen readers only. */
  const isUnseen = (element: Element): boolean => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true })) return true
    for (let each: Element | null = element; each; each = each.parentElement)
      if (styleOf(each).clipPath.startsWith('inset(50%')) return true
    return false
  }
  const isFixed = (element: Element) => styleOf(element).position === 'fixed'
  const isTopLayer = (element: Element) => element.matches('dialog, :popover-open')

  /** What is left of a box in all that clips it. `cutBy` is the first that clips it without a way to scroll there. */
  function clip(element: Element, given: Box): { box: Box; cutBy: Element | null } {
    let box = given
    let cutBy: Element | null = null
    if (isFixed(element) || isTopLayer(element)) return { box, cutBy }
    for (let each = element.parentElement; each && each !== document.documentElement; each = each.parentElement) {
      const { overflowX, overflowY, display } = styleOf(each)
      const bounds = boxOf(each.getBoundingClientRect())
      const clipsX = overflowX !== 'visible' && display !== 'inline'
      const clipsY = overflowY !== 'visible' && display !== 'inline'
      if (clipsX || clipsY) {
        const cutsX = /hidden|clip/.test(overflowX) && (box.left < bounds.left - SLACK || box.right > bounds.right + SLACK)
        const cutsY = /hidden|clip/.test(overflowY) && (box.top < bounds.top - SLACK || box.bottom > bounds.bottom + SLACK)
        if (clipsX && clipsY) box = meet(box, bounds)
        else if (clipsX) box = { ...box, left: Math.max(box.left, bounds.left), right: Math.min(box.right, bounds.right) }
        else box = { ...box, top: Math.max(box.top, bounds.top), bottom: Math.min(box.bottom, bounds.bottom) }
        // What a scroller has scrolled away is reachable and cut by nobody further out.
        if (isEmpty(box) && !(cutsX || cutsY)) return { box, cutBy }
        if ((cutsX || cutsY) && cutBy === null) cutBy = each
      }
      if (isFixed(each) || isTopLayer(each)) break
    }
    return { box, cutBy }
  }

  function cutTexts(): string[] {
    const faults = new Set<string>()
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    const range = document.createRange()
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement
      if (!element || !node.textContent?.trim()) continue
      // What is drawn in a picture, a list of choices or a map is laid out by itself.
      if (element.closest('script, style, option, select, svg, canvas, .leaflet-pane, [aria-hidden=true], title')) continue
      if (isUnseen(element)) continue
      range.selectNodeContents(node)
      for (const rect of range.getClientRects()) {
        if (isEmpty(rect)) continue
        const own = styleOf(element)
        const holder = boxOf(element.getBoundingClientRect())
        const isCutByItself =
          own.display !== 'inline' &&
          ((/hidden|clip/.test(own.overflowX) && rect.right > holder.right + SLACK) ||
            (/hidden|clip/.test(own.overflowY) && rect.bottom > holder.bottom + SLACK))
        const cutBy = isCutByItself ? element : clip(element, boxOf(rect)).cutBy
        if (!cutBy) continue
        // Titles may be set when the pointer comes.
        element.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))
        const hasEllipsis = [element, cutBy].some(
          (each) => styleOf(each).textOverflow === 'ellipsis' || styleOf(each).webkitLineClamp !== 'none',
        )
        const hasTitle = element.closest('[title]') !== null || cutBy.querySelector('[title]') !== null
        if (hasEllipsis && hasTitle) continue
        faults.add(`cut${hasEllipsis ? ' without title' : ''}: ${nameOf(element)} by ${nameOf(cutBy).split(' "')[0]}`)
      }
    }
    return [...faults]
  }

  interface Target {
    element: Element
    /** As much of it as is seen, and all of it. */
    box: Box
    whole: Box
  }
  function targets(): Target[] {
    return [...root.querySelectorAll(CONTROLS)].flatMap((element) => {
      if (element.matches('[type=hidden], [inert] *, :disabled') || isUnseen(element)) return []
      // A control and its label are one target.
      const label = element.closest('label')
      const boxes = [element, ...(label && element.matches('[type=checkbox], [type=radio]') ? [label] : [])].map((each) =>
        boxOf(each.getBoundingClientRect()),
      )
      const whole = boxes.reduce((a, b) => ({
        ...{ left: Math.min(a.left, b.left), top: Math.min(a.top, b.top) },
        ...{ right: Math.max(a.right, b.right), bottom: Math.max(a.bottom, b.bottom) },
      }))
      const { box } = clip(element, whole)
      // What is scrolled away partly is whole again when it is scrolled to.
      return isEmpty(box) ? [] : [{ element, box, whole }]
    })
  }

  function overlaps(found: readonly Target[]): string[] {
    return found.flatMap((a, i) =>
      found.slice(i + 1).flatMap((b) => {
        const both = meet(a.box, b.box)
        const isOver = both.right - both.left > SLACK && both.bottom - both.top > SLACK
        return isOver && !a.element.contains(b.element) && !b.element.contains(a.element) && !isLayered(a, b)
          ? [`overlapping: ${nameOf(a.element)} and ${nameOf(b.element)}`]
          : []
      }),
    )
  }
  /** Laid over what scrolls under it. */
  const isFloated = (element: Element) => styleOf(element).position === 'absolute' && Number(styleOf(element).zIndex) > 0
  /** Controls of one picture lie where the picture wants them, such as an alarm on what it is of. Or one lies in what is open over the page, such as a menu, or in what stays while the rest scrolls under it: that is meant. */
  function isLayered(a: Target, b: Target): boolean {
    const picture = a.element.closest('svg')
    if (picture !== null && picture === b.element.closest('svg')) return true
    const layerOf = ({ element }: Target) => {
      for (let each: Element | null = element; each && each !== root; each = each.parentElement)
        if (
          /fixed|sticky/.test(styleOf(each).position) ||
          isFloated(each) ||
          each.matches('[popover], [role=menu], details[open] > :not(summary)')
        )
          return each
      return null
    }
    return layerOf(a) !== layerOf(b)
  }

  /** A link in a sentence is as high as its line. */
  function isInSentence(element: Element): boolean {
    if (!element.matches('a') || styleOf(element).display !== 'inline') return false
    const holder = element.parentElement
    return [...(holder?.childNodes ?? [])].some(
      (node) => node !== element && node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim().length > 1,
    )
  }

  function smallTargets(found: readonly Target[]): string[] {
    const isSmall = ({ whole }: Target) => whole.right - whole.left < TARGET - 0.5 || whole.bottom - whole.top < TARGET - 0.5
    // What a picture offers stands in the list beside it too.
    const small = found.filter((target) => isSmall(target) && !isInSentence(target.element) && !target.element.closest('svg'))
    const centre = ({ box }: Target) => ({ x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 })
    const radius = TARGET / 2
    return small.flatMap((target) => {
      const { x, y } = centre(target)
      const near = found.find((other) => {
        if (other.element === target.element || other.element.contains(target.element) || target.element.contains(other.element))
          return false
        if (isLayered(target, other)) return false
        const { box } = other
        const toBox = Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom))
        if (toBox < radius - 0.5) return true
        const there = centre(other)
        return small.includes(other) && Math.hypot(there.x - x, there.y - y) < TARGET - 0.5
      })
      if (!near) return []
      const { width, height } = target.element.getBoundingClientRect()
      return [`small: ${nameOf(target.element)} ${Math.round(width)} x ${Math.round(height)} beside ${nameOf(near.element)}`]
    })
  }

  const { scrollWidth, clientWidth } = document.documentElement
  const found = targets()
  const faults = [
    ...(scrollWidth > clientWidth ? [`sideways: the document is ${scrollWidth} wide in ${clientWidth}`] : []),
    ...cutTexts(),
    ...overlaps(found),
    ...smallTargets(found),
  ]
  return [...new Set(faults)]
}

/** Set here and not by a component. */
const OURS = 'cutTitle'
/** A text may stand so deep in what cuts it. */
const LEVELS = 3

const isCut = (element: HTMLElement): boolean =>
  element.scrollWidth > element.clientWidth && getComputedStyle(element).textOverflow === 'ellipsis'

function update(element: HTMLElement): void {
  const isOurs = element.dataset[OURS] !== undefined
  if (!isOurs && element.closest('[title]')) return
  if (isCut(element)) {
    element.title = element.textContent?.trim() ?? ''
    element.dataset[OURS] = ''
  } else if (isOurs) {
    element.removeAttribute('title')
    delete element.dataset[OURS]
  }
}

/** Whatever an ellipsis cuts is told whole to whom points at it. */
export function startCutTitles(): void {
  addEventListener('pointerover', ({ target }) => {
    let element = target instanceof HTMLElement ? target : null
    for (let level = 0; element && level < LEVELS; level++, element = element.parentElement) update(element)
  })
}

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from './chromium.ts'
import { findLayoutFaults } from './layout-checks.ts'
import { chromium } from './real-console.ts'

describe.skipIf(!chromium)('what is checked of a layout', () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await launchChromium(chromium as string)
    page = await browser.newPage({ viewport: { width: 400, height: 300 } })
  })
  afterAll(() => browser?.close())

  async function faults(body: string): Promise<string[]> {
    await page.setContent(`<!doctype html><style>* { margin: 0; font: 16px/20px sans-serif }</style>${body}`)
    return page.evaluate(findLayoutFaults)
  }
  const box = (left: number, top: number, width: number, height: number) =>
    `style="position: absolute; left: ${left}px; top: ${top}px; width: ${width}px; height: ${height}px; padding: 0"`

  test.each([
    ['a document that is too wide', '<div style="width: 600px">wide</div>', 'sideways'],
    ['text in a box that is too narrow', '<p id="x" style="width: 40px; overflow: hidden; white-space: nowrap">much too long</p>', 'cut'],
    ['text in a box that is too low', '<div style="height: 24px; overflow: hidden">one<br>two<br>three</div>', 'cut'],
    [
      'an ellipsis that hides the rest for good',
      '<p style="width: 40px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">much too long</p>',
      'cut without title',
    ],
    [
      'text cut far outside of its element',
      '<div style="width: 60px; overflow: clip"><div><b style="white-space: nowrap">much too long for it</b></div></div>',
      'cut',
    ],
    [
      'a scroller that is cut itself',
      '<div style="height: 30px; overflow: hidden"><div style="height: 100px; overflow: auto"><p style="margin-top: 60px">there</p></div></div>',
      'cut',
    ],
    ['two buttons on one another', `<button ${box(10, 10, 60, 30)}>a</button><button ${box(50, 20, 60, 30)}>b</button>`, 'overlapping'],
    ['two small buttons side by side', `<button ${box(10, 10, 18, 18)}>a</button><button ${box(30, 10, 18, 18)}>b</button>`, 'small'],
    ['a small button beside a large one', `<button ${box(10, 10, 18, 18)}>a</button><button ${box(30, 10, 80, 40)}>b</button>`, 'small'],
    ['small links one below the other', '<a href="#">one</a><br><a href="#">two</a>', 'small'],
  ])('%s is found', async (_, body, kind) => {
    const found = await faults(body)
    expect(found.map((one) => one.split(':')[0])).toContain(kind)
  })

  test.each([
    ['plain text and a large button', '<p>words</p><button style="min-height: 30px">do</button>'],
    [
      'an ellipsis with a title',
      '<p title="much too long" style="width: 40px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">much too long</p>',
    ],
    ['what is scrolled away', '<div style="height: 30px; overflow: auto"><p>one</p><p>two</p><p>three</p></div>'],
    [
      'a table that scrolls sideways by itself',
      '<div style="overflow-x: auto"><table><tr><td style="min-width: 900px">far</td></tr></table></div>',
    ],
    [
      'words for screen readers',
      '<p>seen<span style="position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)">unseen words</span></p>',
    ],
    ['a small button with room around it', `<button ${box(100, 100, 18, 18)}>a</button><button ${box(140, 100, 60, 30)}>b</button>`],
    [
      'a button laid over a list that scrolls under it',
      `<a href="#" ${box(10, 10, 60, 30)}>a</a><button style="position: absolute; z-index: 1; left: 20px; top: 10px; height: 30px">up</button>`,
    ],
    [
      'a box to tick whose label a scroller cuts for now',
      '<div style="height: 40px; overflow: auto"><label style="display: block; height: 30px"><input type="checkbox"> a</label><label style="display: block; height: 30px"><input type="checkbox"> b</label></div>',
    ],
    [
      'what is folded away',
      '<details><summary style="height: 30px">more</summary><a href="#">one</a><br><a href="#">two</a></details><p>words</p>',
    ],
    ['a link in a sentence', '<p>Read <a href="#">this</a> and <a href="#">that</a> first.</p>'],
    [
      'a box to tick with its label',
      '<label style="display: block; height: 30px"><input type="checkbox"> yes</label><button style="height: 30px">b</button>',
    ],
    [
      'a button in a menu over the page',
      `<button ${box(10, 10, 60, 30)}>a</button><div role="menu" style="position: absolute; top: 0"><button ${box(10, 10, 60, 30)}>b</button></div>`,
    ],
  ])('%s is right', async (_, body) => {
    expect(await faults(body)).toEqual([])
  })

  test('beneath a dialog nothing is looked at', async () => {
    const found = await faults(
      `<button ${box(10, 10, 60, 30)}>a</button><button ${box(20, 10, 60, 30)}>b</button><dialog open><p>words</p></dialog>`,
    )
    expect(found).toEqual([])
  })
})

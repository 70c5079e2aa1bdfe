import { expect, test } from 'vitest'
import { keyGlyph, keysOfPage, keyTable } from '../../dashboards/console/src/shell/key-table.ts'

test('the keys of a page come apart from those of the others, and none is lost', () => {
  for (const path of ['/', '/alarms/12', '/map', '/facilities', '/facilities/PS-1', '/nowhere']) {
    const { here, elsewhere } = keysOfPage(path)
    expect(here.length + elsewhere.length).toBe(keyTable.length)
    expect(here.map(({ title }) => title.en)).toContain('Everywhere')
  }
  expect(keysOfPage('/').here.map(({ title }) => title.en)).toContain('Fault wall')
  expect(keysOfPage('/facilities').here.map(({ title }) => title.en)).not.toContain('Fault wall')
})

test('no key means two things on one page', () => {
  for (const path of ['/', '/map', '/facilities', '/facilities/PS-1', '/plots']) {
    const keys = keysOfPage(path).here.flatMap(({ keys }) => keys.flatMap((one) => one.keys.split(' ')))
    // On every page it goes back; on the wall it clears the filter first, and arrows move the map only when it has the focus.
    const once = keys.filter((key) => key !== 'Escape' && !key.startsWith('Arrow'))
    expect(once.length, `${path}: ${once}`).toBe(new Set(once).size)
  }
})

test.each([
  ['Escape', 'Esc'],
  ['Shift+ArrowLeft', 'Shift + ←'],
  ['+', '+'],
  ['j', 'j'],
])('%s is written %s', (key, glyph) => {
  expect(keyGlyph(key)).toBe(glyph)
})

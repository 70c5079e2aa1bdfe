import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { archiveFileOf, tileOrigins, tileSourceOf } from '../../../src/edges/map/tile-source.ts'

const config = (settings: Record<string, string>) => readConfig([], { MAP_TILES_ATTRIBUTION: 'makers', ...settings })
const source = (settings: Record<string, string>) => tileSourceOf(config(settings))

describe('tiles of the configuration', () => {
  it('are none unless somebody sets them', () => {
    expect(source({})).toBeNull()
  })

  it('may be XYZ, with parts of host names, each of which the browser may ask', () => {
    const xyz = source({
      MAP_TILES_URL: 'https://{s}.tiles.example:8443/{z}/{x}/{-y}.png',
      MAP_TILES_SUBDOMAINS: 'a, b',
      MAP_TILES_DATUM: 'gcj02',
    })
    expect(xyz).toEqual({
      type: 'raster',
      url: 'https://{s}.tiles.example:8443/{z}/{x}/{-y}.png',
      subdomains: ['a', 'b'],
      attribution: 'makers',
      minZoom: 0,
      maxZoom: 18,
      datum: 'gcj02',
    })
    expect(xyz && tileOrigins(xyz)).toEqual(['https://a.tiles.example:8443', 'https://b.tiles.example:8443'])
  })

  it('may be WMTS, whose axes have names of their own', () => {
    const url = 'https://maps.example/wmts?LAYER=vec&TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}&tk=key'
    const wmts = source({ MAP_TILES_URL: url })
    expect(wmts?.url).toBe('https://maps.example/wmts?LAYER=vec&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=key')
    expect(wmts && tileOrigins(wmts)).toEqual(['https://maps.example'])
  })

  it('may be an archive elsewhere, or one on disk that is one', () => {
    const far = source({ MAP_PMTILES: 'https://maps.example/city.pmtiles' })
    expect(far).toMatchObject({ type: 'archive', url: 'https://maps.example/city.pmtiles' })
    expect(far && tileOrigins(far)).toEqual(['https://maps.example'])
    const file = join(mkdtempSync(join(tmpdir(), 'tiles-')), 'city.pmtiles')
    writeFileSync(file, 'PMTiles\x03 and more')
    const near = source({ MAP_PMTILES: file })
    expect(near).toMatchObject({ type: 'archive', url: '/api/map/tiles' })
    expect(near && tileOrigins(near)).toEqual([])
    expect(archiveFileOf(config({ MAP_PMTILES: file }))).toBe(file)
    expect(archiveFileOf(config({ MAP_PMTILES: 'https://maps.example/city.pmtiles' }))).toBeNull()
    writeFileSync(file, 'SQLite format 3')
    expect(() => source({ MAP_PMTILES: file })).toThrow(/city\.pmtiles is no PMTiles archive of version 3/)
    expect(() => source({ MAP_PMTILES: '/nowhere/city.pmtiles' })).toThrow(/MAP_PMTILES \/nowhere\/city\.pmtiles cannot be read/)
  })

  it.each([
    [{ MAP_TILES_URL: 'tiles.example/{z}/{x}/{y}' }, /MAP_TILES_URL must be a web address with \{z\}/],
    [{ MAP_TILES_URL: 'https://tiles.example/{z}/{x}.png' }, /MAP_TILES_URL must be/],
    [{ MAP_TILES_URL: 'https://{z}.tiles.example/{x}/{y}' }, /MAP_TILES_URL must be a web address/],
    [{ MAP_TILES_URL: 'https://tiles example/{z}/{x}/{y}' }, /MAP_TILES_URL must be a web address/],
    [{ MAP_PMTILES: 'http:tiles.example' }, /MAP_PMTILES must be a file or a whole web address/],
    [{ MAP_PMTILES: 'https://tiles example/city.pmtiles' }, /MAP_PMTILES must be a file or a whole web address/],
    [{ MAP_TILES_URL: 'https://tiles.example/{z}/{x}/{y}', MAP_PMTILES: 'a.pmtiles' }, /exclude each other/],
    [{ MAP_TILES_URL: 'https://tiles.example/{z}/{x}/{y}', MAP_TILES_ATTRIBUTION: '' }, /needs MAP_TILES_ATTRIBUTION/],
    [{ MAP_TILES_URL: 'https://{s}.tiles.example/{z}/{x}/{y}' }, /MAP_TILES_SUBDOMAINS goes together/],
    [{ MAP_TILES_SUBDOMAINS: 'a' }, /MAP_TILES_SUBDOMAINS goes together/],
    [{ MAP_TILES_URL: 'https://{s}.tiles.example/{z}/{x}/{y}', MAP_TILES_SUBDOMAINS: "a,';script-src *" }, /must be parts of host names/],
    [{ MAP_TILES_MIN_ZOOM: '12', MAP_TILES_MAX_ZOOM: '10' }, /MAP_TILES_MIN_ZOOM must not be above/],
  ])('%j are told what is wrong', (settings, message) => {
    expect(() => config(settings as Record<string, string>)).toThrow(message)
  })
})

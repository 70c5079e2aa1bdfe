import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32, deflateSync, gzipSync } from 'node:zlib'
import { PbfWriter } from 'pbf'

/** A PNG of one colour. */
export function picture(side: number, [red, green, blue]: readonly [number, number, number]): Buffer {
  const row = Buffer.concat([Buffer.from([0]), Buffer.from(Array.from({ length: side }, () => [red, green, blue]).flat())])
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0)
  head.writeUInt32BE(side, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(data.length, 0)
    ends.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
  }
  const rows = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A Mapbox vector tile whose whole area is one polygon of a layer. */
export function vectorTile(layer: string): Uint8Array {
  const pbf = new PbfWriter()
  const zigzag = (value: number) => (value << 1) ^ (value >> 31)
  const square = [9, zigzag(0), zigzag(0), (3 << 3) | 2, zigzag(4096), 0, 0, zigzag(4096), zigzag(-4096), 0, 15]
  pbf.writeMessage(
    3,
    (_, writer) => {
      writer.writeVarintField(15, 2)
      writer.writeStringField(1, layer)
      writer.writeMessage(
        2,
        (__, feature) => {
          feature.writeVarintField(3, 3)
          feature.writePackedVarint(4, square)
        },
        null,
      )
      writer.writeVarintField(5, 4096)
    },
    null,
  )
  return pbf.finish()
}

const PNG = 2
const MVT = 1
const NONE = 1
const GZIP = 2

const MAX_ZOOM = 14
/** Tiles of all zooms together. */
const TILES = (4 ** (MAX_ZOOM + 1) - 1) / 3

/** A PMTiles archive (version 3) with the same tile everywhere. */
export function archive(tile: Uint8Array, type: 'png' | 'mvt'): Buffer {
  const pbf = new PbfWriter()
  // One entry: from tile 0 on, for so many, so long, at the beginning.
  for (const value of [1, 0, TILES, tile.length, 1]) pbf.writeVarint(value)
  const directory = gzipSync(pbf.finish())
  const metadata = gzipSync('{}')
  const head = Buffer.alloc(127)
  head.write('PMTiles\x03', 'latin1')
  const parts = [head.length, directory.length, head.length + directory.length, metadata.length]
  const places = [
    ...parts,
    head.length + directory.length + metadata.length,
    0,
    head.length + directory.length + metadata.length,
    tile.length,
  ]
  places.forEach((value, i) => {
    head.writeBigUInt64LE(BigInt(value), 8 + i * 8)
  })
  for (let i = 0; i < 3; i++) head.writeBigUInt64LE(1n, 72 + i * 8)
  head.set([1, GZIP, NONE, type === 'png' ? PNG : MVT, 0, MAX_ZOOM], 96)
  const degrees = [-180, -85, 180, 85]
  degrees.forEach((value, i) => {
    head.writeInt32LE(value * 1e7, 102 + i * 4)
  })
  return Buffer.concat([head, directory, metadata, tile])
}

/** A small server of tiles, which notes what it was asked for. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { asked, port: (server.address() as AddressInfo).port, close: () => new Promise((done) => server.close(done)) }
}

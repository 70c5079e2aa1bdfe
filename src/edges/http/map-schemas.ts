import Type, { type Static } from 'typebox'
import { datums } from '../map/road-reading.ts'
import { literals, nullable, time } from './schema-parts.ts'

export const DatumSchema = literals(datums, {
  default: 'wgs84',
  description: 'what the degrees are: WGS-84, or GCJ-02 as maps made for China have it',
})

const RoadsSchema = Type.Object({
  source: literals(['uploaded', 'file'], { description: 'sent by somebody, or of the configured file' }),
  tag: Type.String({ description: 'changes with the roads' }),
  lines: Type.Integer(),
  by: Type.String(),
  at: time('when'),
})

export const MapGroundSchema = Type.Object({
  roads: nullable(RoadsSchema),
  tiles: nullable(
    Type.Object({
      type: literals(['raster', 'archive'], { description: 'pictures by zoom, column and row; or one PMTiles archive' }),
      url: Type.String({ description: 'template with {z}, {x}, {y} or {-y}, perhaps {s}; address of the archive' }),
      subdomains: Type.Array(Type.String(), { description: 'what {s} stands for' }),
      attribution: Type.String({ description: 'to be shown with the map' }),
      minZoom: Type.Integer(),
      maxZoom: Type.Integer(),
      datum: DatumSchema,
    }),
  ),
})
export type MapGround = Static<typeof MapGroundSchema>

export const RoadsSentSchema = Type.Object({
  roads: RoadsSchema,
  passedOver: Type.Integer({ description: 'features of the file that are no lines' }),
})

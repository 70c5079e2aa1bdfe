import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { RoadClass } from '../../facilities/plant.ts'
import { type LampPlace, type LightFigure, lightFigures, noLight, type PlacedLight, placeKey } from '../../operations/lamp-history.ts'
import type { LampDay, LampHistoryStore } from '../lamp-history-store.ts'
import type { Statements } from './statements.ts'

/** What a slot holds; of the others the day is enough. */
const inSlot: readonly LightFigure[] = lightFigures.filter((key) => key !== 'facilities' && key !== 'intact')
/** Number of a place and its figures, each as four bytes. */
const CELLS = 1 + inSlot.length
const SLOTS_AT_ONCE = 50

/** In the database names have no capitals. */
const columnOf = (figure: LightFigure) => figure.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const columns = lightFigures.map(columnOf)

interface PlaceRow {
  id: number
  district: string
  road: string
  roadClass: string
  keyArea: number
  feeder: string
}

/** How lamps were lit, in the state database. */
export function sqliteLampHistoryStore(sql: Statements, transaction: (work: () => void) => void): LampHistoryStore {
  const numbers = new Map<string, number>()
  const places = new Map<number, LampPlace>()

  function remember({ id, district, road, roadClass, keyArea, feeder }: PlaceRow): LampPlace {
    const place: LampPlace = { district, road, roadClass: (roadClass || null) as RoadClass | null, keyArea: keyArea === 1, feeder }
    places.set(id, place)
    numbers.set(placeKey(place), id)
    return place
  }

  const PLACE = 'SELECT id, district, road, road_class AS roadClass, key_area AS keyArea, feeder FROM lamp_place'

  function placeOf(id: number): LampPlace {
    return places.get(id) ?? remember(sql.one<PlaceRow>(`${PLACE} WHERE id = ?`, id))
  }

  function numberOf(place: LampPlace): number {
    const key = placeKey(place)
    const known = numbers.get(key)
    if (known !== undefined) return known
    const { district, road, roadClass, keyArea, feeder } = place
    const row = sql.one<PlaceRow>(
      `INSERT INTO lamp_place (district, road, road_class, key_area, feeder) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET feeder = excluded.feeder
       RETURNING id, district, road, road_class AS roadClass, key_area AS keyArea, feeder`,
      ...[district, road, roadClass ?? '', keyArea ? 1 : 0, feeder],
    )
    remember(row)
    return row.id
  }

  function packed(seen: readonly PlacedLight[]): Uint8Array {
    const told = seen.filter(({ light }) => inSlot.some((key) => light[key] !== 0))
    const cells = new Float32Array(told.length * CELLS)
    const ids = new Uint32Array(cells.buffer)
    told.forEach(({ place, light }, row) => {
      ids[row * CELLS] = numberOf(place)
      inSlot.forEach((key, i) => {
        cells[row * CELLS + 1 + i] = light[key]
      })
    })
    return deflateRawSync(new Uint8Array(cells.buffer), { level: 4 })
  }

  function unpacked(bytes: Uint8Array): PlacedLight[] {
    const raw = new Uint8Array(inflateRawSync(bytes)).buffer
    const [cells, ids] = [new Float32Array(raw), new Uint32Array(raw)]
    return Array.from({ length: cells.length / CELLS }, (_, row) => {
      const light = noLight()
      inSlot.forEach((key, i) => {
        light[key] = cells[row * CELLS + 1 + i] as number
      })
      return { place: placeOf(ids[row * CELLS] as number), light }
    })
  }

  return {
    add(at, date, seen, late = false) {
      const write = () => {
        if (sql.get('SELECT 1 FROM lamp_slot WHERE at = ?', at)) return
        sql.run('INSERT INTO lamp_slot (at, places, late) VALUES (?, ?, ?)', at, packed(seen), late ? 1 : 0)
        for (const { place, light } of seen) {
          sql.run(
            `INSERT INTO lamp_day (date, place, slots, ${columns.join(', ')}) VALUES (?, ?, 1${', ?'.repeat(columns.length)})
             ON CONFLICT DO UPDATE SET slots = slots + 1, ${columns.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
            ...[date, numberOf(place), ...lightFigures.map((key) => light[key])],
          )
        }
      }
      try {
        transaction(write)
      } catch (error) {
        // Numbers of places that were undone with it.
        numbers.clear()
        places.clear()
        throw error
      }
    },
    *slots(from, to) {
      for (let begin = from; ; ) {
        const rows = sql.all<{ at: number; places: Uint8Array; late: number }>(
          'SELECT at, places, late FROM lamp_slot WHERE at >= ? AND at < ? ORDER BY at LIMIT ?',
          ...[begin, to, SLOTS_AT_ONCE],
        )
        for (const { at, places: bytes, late } of rows) yield { at, places: unpacked(bytes), late: late === 1 }
        if (rows.length < SLOTS_AT_ONCE) return
        begin = (rows.at(-1)?.at as number) + 1
      }
    },
    times: (from, to) =>
      sql.all<{ at: number }>('SELECT at FROM lamp_slot WHERE at >= ? AND at < ? ORDER BY at', from, to).map(({ at }) => at),
    count: (from, to) => sql.one<{ slots: number }>('SELECT count(*) AS slots FROM lamp_slot WHERE at >= ? AND at < ?', from, to).slots,
    days(from, to) {
      const rows = sql.all<{ date: string; place: number; slots: number } & Record<string, number>>(
        'SELECT * FROM lamp_day WHERE date >= ? AND date <= ? ORDER BY date, place',
        from,
        to,
      )
      return rows.map((row): LampDay => {
        const light = noLight()
        lightFigures.forEach((key, i) => {
          light[key] = row[columns[i] as string] as number
        })
        return { date: row.date, slots: row.slots, place: placeOf(row.place), light }
      })
    },
    prune(slotsBefore, daysBefore, limit) {
      sql.run('DELETE FROM lamp_slot WHERE at IN (SELECT at FROM lamp_slot WHERE at < ? ORDER BY at LIMIT ?)', slotsBefore, limit)
      sql.run(
        'DELETE FROM lamp_day WHERE (date, place) IN (SELECT date, place FROM lamp_day WHERE date < ? ORDER BY date LIMIT ?)',
        daysBefore,
        limit,
      )
    },
  }
}

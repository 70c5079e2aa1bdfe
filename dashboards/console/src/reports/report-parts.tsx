import type { ReportView } from '../../../../src/edges/http/report-schemas.ts'
import { textOfPlace } from '../map/map-address.ts'
import { say } from '../settings.ts'
import { StateSymbol } from '../symbols.tsx'
import { ro } from '../texts/reports.ts'
import { isDangerous, kindWord, type ReportKind } from './report-kinds.ts'

/** What was seen; what can kill has the shape and colour of that. */
export function KindMark({ kind }: { kind: ReportKind }) {
  if (!isDangerous(kind)) return kindWord(kind)
  return (
    <b class="with-symbol">
      <StateSymbol state="critical" look="acknowledged" size={18} /> {kindWord(kind)}
    </b>
  )
}

/** Which pole, or where on the map. */
export function ReportPlace({ report: { facility, name, position } }: { report: ReportView }) {
  if (facility !== null)
    return (
      <>
        <a href={`/facilities/${encodeURIComponent(facility)}`}>{facility}</a> {name && say(name) !== facility && say(name)}
      </>
    )
  if (!position) return <span class="muted">{ro().noPlace}</span>
  const [longitude, latitude] = position as [number, number]
  return (
    <>
      {ro().noPlace} · <a href={`/map?at=${textOfPlace({ longitude, latitude, zoom: 17 })}`}>{ro().onMap}</a>
    </>
  )
}

import type { FacilityView, KindView } from '../../../../src/edges/http/schemas.ts'
import { say } from '../settings.ts'
import { p } from '../texts/plant.ts'
import { fieldName, fieldValue, ratedName, variantOf } from './field-names.ts'

const shown = [
  'name',
  'nameEn',
  'district',
  'road',
  'roadClass',
  'keyArea',
  'owner',
  'position',
  'fedBy',
  'circuit',
  'gateway',
  'mode',
] as const

/** Everything the plant says about a facility. */
export function Description({ facility, kind }: { facility: FacilityView; kind: KindView }) {
  return (
    <section class="panel">
      <h2>{p().description}</h2>
      <dl class="facts">
        {shown.map((field) => (
          <>
            <dt key={field}>{fieldName(field)}</dt>
            <dd>
              {(field === 'fedBy' || field === 'gateway') && facility[field] ? (
                <a href={`/facilities/${encodeURIComponent(facility[field])}`}>{facility[field]}</a>
              ) : (
                fieldValue(field, facility[field])
              )}
            </dd>
          </>
        ))}
        {Object.entries(facility.labels).map(([name, value]) => (
          <>
            <dt key={name}>{fieldName(`label.${name}`)}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
      {Object.keys(kind.rated).length > 0 && <RatedValues facility={facility} kind={kind} />}
    </section>
  )
}

function RatedValues({ facility, kind }: { facility: FacilityView; kind: KindView }) {
  const variant = variantOf(kind, facility.rated)
  return (
    <>
      <h3>
        {p().ratedValues}
        {variant && ` · ${say(variant.title)}`}
      </h3>
      <dl class="facts">
        {Object.entries({ ...kind.rated, ...facility.rated }).map(([name, value]) => (
          <>
            <dt key={name}>{ratedName(name)}</dt>
            <dd>
              {fieldValue(`rated.${name}`, value)}
              {facility.rated[name] === undefined && <span class="muted"> · {p().ofKind}</span>}
            </dd>
          </>
        ))}
      </dl>
    </>
  )
}

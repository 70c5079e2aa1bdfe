import type { LightChangeView } from '../../../../src/edges/http/light-change-schemas.ts'
import { formatFull } from '../format.ts'
import { li } from '../texts/light-changes.ts'
import { changeWords, differenceWords, whomWords } from './light-words.ts'

/** What is wanted, for whom and how long, and who gets less light by it. */
export function ChangeFacts({ change, counts }: Pick<LightChangeView, 'change' | 'counts'>) {
  const { darkerLamps, darkerCabinets } = counts
  const less = darkerLamps + darkerCabinets > 0 ? whomWords({ lamps: darkerLamps, cabinets: darkerCabinets }) : li().noLess
  return (
    <>
      <dt>{li().wanted}</dt>
      <dd>
        <b>{changeWords(change)}</b>
      </dd>
      {change.type === 'override' && (
        <>
          <dt>{li().query}</dt>
          <dd>
            <code>{change.override.query}</code>
          </dd>
          <dt>{li().until}</dt>
          <dd>{formatFull(change.override.until)}</dd>
        </>
      )}
      <dt>{li().whose}</dt>
      <dd>
        <b>{whomWords(counts)}</b>
      </dd>
      <dt>{li().less}</dt>
      <dd>
        <b>{less}</b>
      </dd>
    </>
  )
}

/** What facilities would give compared with what they give without the change. */
export function Differences({ differences }: Pick<LightChangeView, 'differences'>) {
  return (
    <section>
      <h2>{li().differs}</h2>
      {differences.length === 0 ? (
        <p class="muted">{li().same}</p>
      ) : (
        <ul class="log">
          {differences.map((one) => (
            <li key={`${one.before} ${one.after}`}>{differenceWords(one)}</li>
          ))}
        </ul>
      )}
    </section>
  )
}

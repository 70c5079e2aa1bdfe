import type { LightingEnergyView } from '../../../../../src/edges/http/lamp-history-schemas.ts'
import type { EnergyGrouping } from '../../../../../src/edges/lamp-history.ts'
import { cityDate } from '../../city-time.ts'
import { formatNumber } from '../../format.ts'
import { serverNow } from '../../live/live.ts'
import { percent } from '../../map/select/rate-signs.ts'
import { rateTitle } from '../../map/select/rate-words.ts'
import { KeyedPlot } from '../../plots/keyed-plot.tsx'
import { ScrollTable } from '../../shell/scroll-table.tsx'
import { lh } from '../../texts/lamp-history.ts'
import { l } from '../../texts/lamps.ts'
import type { Dates } from './days-range.ts'
import { energyRows } from './lamp-csv.ts'
import { energyCurves, energyPoints } from './lamp-curves.ts'
import { LampDays, MOST_SHOWN, midnightOf, spanOf } from './lamp-days.tsx'
import { getEnergy } from './lamps-api.ts'

const nameIn =
  (by: EnergyGrouping) =>
  (key: string): string =>
    by === 'feeder' ? key || lh().noFeeder : rateTitle(by, key)

/** What lighting took, and what it saved. */
export const LightingEnergy = ({ by }: { by: EnergyGrouping }) => (
  <LampDays
    asked={by}
    load={(dates) => getEnergy(by, dates)}
    file={(energy) => ({
      name: `lighting-energy-${by}-${energy.from}-${energy.to}.csv`,
      rows: energyRows(energy, lh().energyCsv, lh().all, nameIn(by)),
    })}
  >
    {(energy, dates) => <Energy energy={energy} by={by} dates={dates} />}
  </LampDays>
)

const kwh = (energy: number | null) => (energy === null ? '–' : formatNumber(energy, energy < 100 ? 1 : 0))

function Energy({ energy: { total, days, rows }, by, dates }: { energy: LightingEnergyView; by: EnergyGrouping; dates: Dates }) {
  if (days.length === 0) return <p class="panel">{lh().nothing}</p>
  const taken = (one: typeof total) => one.measured + one.estimated
  // What is not over yet would look like a saving.
  const whole = days.filter(({ date }) => date < cityDate(serverNow.peek()))
  const found = rows.toSorted((a, b) => taken(b) - taken(a))
  return (
    <>
      <section class="panel" aria-label={lh().taken}>
        <p>
          <b class="large">{kwh(taken(total))} kWh</b> {total.savedShare !== null && lh().saved(percent(total.savedShare))}{' '}
          <span class="muted">{lh().takenOf(kwh(taken(total)), kwh(total.wholeNight))}</span>
        </p>
        <ul class="plain-list small muted">
          {total.notLit > 0 && <li>{lh().notLit(kwh(total.notLit))}</li>}
          {total.wasted > 0 && <li>{lh().wasted(kwh(total.wasted))}</li>}
        </ul>
        {whole.length > 1 && (
          <>
            <h2>{lh().energyOf}</h2>
            <KeyedPlot
              {...spanOf(dates)}
              data={energyCurves(whole, midnightOf)}
              points={energyPoints}
              limits={[]}
              height={180}
              words={lh().energyOf}
            />
          </>
        )}
      </section>
      <section class="panel">
        <ScrollTable label={l().views.energy} titles={[lh().by[by], ...lh().energyColumns]} class="lamp-figures">
          {[{ ...total, key: null, metered: null }, ...found.slice(0, MOST_SHOWN)].map((row) => (
            <tr key={row.key ?? ' '}>
              <th scope="row">{row.key === null ? lh().all : nameIn(by)(row.key)}</th>
              {[taken(row), row.estimated, row.metered, row.wholeNight, row.savedByDimming, row.savedByProgramme].map((energy, i) => (
                <td key={i} class="number">
                  {kwh(energy)}
                </td>
              ))}
              <td class="number">{percent(row.savedShare)}</td>
              <td class="number">{kwh(row.notLit)}</td>
              <td class="number">{kwh(row.wasted)}</td>
            </tr>
          ))}
        </ScrollTable>
        {found.length > MOST_SHOWN && <p class="muted">{l().more(formatNumber(MOST_SHOWN), formatNumber(found.length))}</p>}
        <p class="small muted">{lh().energyHow}</p>
      </section>
    </>
  )
}

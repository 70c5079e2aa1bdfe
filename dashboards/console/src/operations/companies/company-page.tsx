import type { Duty } from '../../../../../src/edges/company-figures.ts'
import { weatherClasses } from '../../../../../src/operations/gas-figures.ts'
import { limitSets } from '../../../../../src/operations/sewage-figures.ts'
import type { Text } from '../../../../../src/telemetry/point.ts'
import { formatClock } from '../../format.ts'
import { say } from '../../settings.ts'
import { Awaited } from '../../shell/awaited.tsx'
import { query, setQueries } from '../../shell/router.ts'
import { useAnswer } from '../../shell/use-answer.ts'
import { f } from '../../texts/companies.ts'
import './companies.css'
import { getView } from './companies-api.ts'
import { CompanyTable } from './company-table.tsx'
import { Curve } from './curve.tsx'
import { Deliveries } from './deliveries.tsx'
import { Figures } from './figures.tsx'
import { History } from './history.tsx'
import { Laboratory } from './laboratory.tsx'

const LOOK = 20_000

/** What may be chosen of a duty, by its name in the address. */
const choices: { readonly [D in Duty]?: 'limits' | 'weather' } = { sewage: 'limits', gas: 'weather' }

/** What one of the companies is judged by: numbers, stations, curves, days. */
export function CompanyPage({ duty }: { duty: Duty }) {
  const choice = choices[duty]
  const chosen = choice && query.value.get(choice)
  const options: Record<string, string> = choice && chosen ? { [choice]: chosen } : {}
  const { answer, problem, again } = useAnswer(
    () => getView(duty, options),
    JSON.stringify([duty, options]),
    () => LOOK,
  )
  const isEmpty = answer?.tables[0]?.rows.length === 0
  return (
    <>
      <div class="list-bar">
        <h1>{f().titles[duty]}</h1>
        {choice === 'limits' && <Choice name="limits" label={f().limits} of={limitSets} usual="own" value={chosen ?? 'own'} />}
        {choice === 'weather' && (
          <Choice
            name="weather"
            label={f().weather}
            of={Object.fromEntries(Object.entries(weatherClasses).map(([key, { title }]) => [key, title]))}
            none={f().weatherAsNow}
            usual=""
            value={chosen ?? ''}
          />
        )}
        <span class="grow" />
        {duty === 'sewage' && answer && !isEmpty && <Laboratory view={answer} onChange={again} />}
        <button type="button" class="button" onClick={() => print()}>
          {f().print}
        </button>
      </div>
      <Awaited isThere={answer !== null} problem={problem} />
      {isEmpty && <p class="panel muted">{f().none[duty]}</p>}
      {answer && !isEmpty && (
        <>
          <section class="panel" aria-label={f().titles[duty]}>
            <Figures figures={answer.figures} />
            <p class="small muted">{f().lookedAt(formatClock(answer.at))}</p>
          </section>
          <CompanyTableList tables={answer.tables} />
          {answer.curves.length > 0 && (
            <section class="panel curves">
              {answer.curves.map((curve) => (
                <Curve key={curve.key} curve={curve} />
              ))}
            </section>
          )}
          {duty === 'gas' && <Deliveries view={answer} onChange={again} />}
          <History duty={duty} options={options} />
        </>
      )}
    </>
  )
}

const CompanyTableList = ({ tables }: { tables: Parameters<typeof CompanyTable>[0]['table'][] }) => (
  <>
    {tables.map((table) => (
      <CompanyTable key={table.key} table={table} />
    ))}
  </>
)

interface ChoiceProps {
  name: string
  label: string
  of: Readonly<Record<string, Text>>
  /** Words for choosing none of them. */
  none?: string
  /** What stands in no address. */
  usual: string
  value: string
}

function Choice({ name, label, of, none, usual, value }: ChoiceProps) {
  return (
    <label class="together">
      {label}
      <select
        value={value}
        onChange={({ currentTarget: { value: wanted } }) => setQueries({ [name]: wanted === usual ? null : wanted }, false)}
      >
        {none && <option value="">{none}</option>}
        {Object.entries(of).map(([key, title]) => (
          <option key={key} value={key}>
            {say(title)}
          </option>
        ))}
      </select>
    </label>
  )
}

export const WaterPage = () => <CompanyPage key="water" duty="water" />
export const DrainagePage = () => <CompanyPage key="drainage" duty="drainage" />
export const SewagePage = () => <CompanyPage key="sewage" duty="sewage" />
export const GasPage = () => <CompanyPage key="gas" duty="gas" />
export const WastePage = () => <CompanyPage key="waste" duty="waste" />

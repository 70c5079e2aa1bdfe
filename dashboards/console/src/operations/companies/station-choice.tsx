import { say } from '../../settings.ts'
import type { CompanyTableAnswer, CompanyViewAnswer } from './companies-api.ts'

export interface Station {
  id: string
  name: string
}

type Row = CompanyTableAnswer['rows'][number]

/** The facilities that a table has rows of, each once, as far as they are wanted. */
export function stationsOf({ tables }: CompanyViewAnswer, table: string, isWanted: (row: Row) => boolean = () => true): Station[] {
  const rows = tables.find(({ key }) => key === table)?.rows ?? []
  const names = rows.flatMap((row): [string, string][] => {
    const [name] = row.cells
    return row.facility && typeof name === 'object' && name !== null && isWanted(row) ? [[row.facility, say(name)]] : []
  })
  return [...new Map(names)].map(([id, name]) => ({ id, name }))
}

interface StationChoiceProps {
  name: string
  label: string
  stations: readonly Station[]
}

export const StationChoice = ({ name, label, stations }: StationChoiceProps) => (
  <label class="field">
    {label}
    <select name={name} required>
      {stations.map((station) => (
        <option key={station.id} value={station.id}>
          {station.name}
        </option>
      ))}
    </select>
  </label>
)

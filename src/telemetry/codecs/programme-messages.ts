import type { JsonSchema } from './native-schema.ts'

/** What a device switches by itself; times in ms since 1970. Before its end it is renewed; after it the device goes by its own dusk and dawn. */
export interface SwitchingTable {
  /** Names what stands in it; 0 for none. */
  table: number
  from: number
  until: number
  /** Between two circuits, ms. */
  stagger: number
  /** From a moment on so much light, %, in order of time. */
  steps: readonly (readonly [at: number, level: number])[]
}

/** Takes away the table a device has. */
export const noTable: SwitchingTable = { table: 0, from: 0, until: 0, stagger: 0, steps: [] }

/** The light of a table at a moment, %; undefined where it says nothing. */
export function lightOf({ from, until, steps }: SwitchingTable, at: number): number | undefined {
  return at >= from && at < until ? steps.findLast(([begin]) => begin <= at)?.[1] : undefined
}

/** The table a device runs at a moment: 0 once its table has ended. */
export const runningTable = ({ table, until }: SwitchingTable, at: number): number => (at < until ? table : 0)

const MOST_STEPS = 2000
const LONGEST = 128 * 1024

const moment = (description: string): JsonSchema => ({ type: 'number', description: `${description}, ms since 1970` })

export const tableMessageSchema: JsonSchema = {
  type: 'object',
  required: ['table', 'from', 'until', 'stagger', 'steps'],
  properties: {
    table: { type: 'integer', description: 'names the table; the device reports it as programme-table; 0 takes its table away' },
    from: moment('when it begins'),
    until: moment('its end; afterwards the device goes by its own dusk and dawn'),
    stagger: { type: 'number', description: 'between two circuits of a cabinet that switch at one step, ms' },
    steps: {
      type: 'array',
      maxItems: MOST_STEPS,
      description: 'pairs of a moment, ms since 1970, and the light from then on, % of full; in order of time',
      items: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
    },
  },
}

export const encodeTable = ({ table, from, until, stagger, steps }: SwitchingTable): string =>
  JSON.stringify({ table, from, until, stagger, steps })

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isStep = (value: unknown): value is [number, number] => Array.isArray(value) && value.length === 2 && value.every(isNumber)

/** For devices: undefined for what is no table. */
export function decodeTable(payload: Uint8Array): SwitchingTable | undefined {
  if (payload.length > LONGEST) return undefined
  try {
    const { table, from, until, stagger, steps } = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>
    if (![table, from, until, stagger].every(isNumber) || !Array.isArray(steps) || steps.length > MOST_STEPS || !steps.every(isStep))
      return undefined
    return { table, from, until, stagger, steps } as SwitchingTable
  } catch {
    return undefined
  }
}

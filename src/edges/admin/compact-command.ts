import Type from 'typebox'
import type { Maintenance } from '../../storage/embedded/day-upkeep.ts'
import { bytesText } from './bytes-text.ts'
import { folderCommand } from './folder-command.ts'

/** The state is worth writing anew when so much of it, and so many bytes, hold nothing. */
const WORTH_SHARE = 0.2
const WORTH_BYTES = 1_000_000

interface Compacted extends Maintenance {
  /** Bytes of its files before and after; null when they are kept elsewhere. */
  telemetry: { before: number; after: number } | null
  state: { before: number; after: number; unused: number; isPutOff: boolean }
}

const NOTHING: Maintenance = { sealed: [], rolled: [], compacted: [], reduced: [], removed: [], failed: [] }

export const compactCommand = folderCommand({
  name: 'compact',
  usage: 'compact [options]',
  about: `Puts the files of the time series in order, rolls them up and rewrites them where that is worth it, and writes the state anew when much of it holds nothing.
The latter only without a running server, which would stand still meanwhile. Servers do the rest by themselves, every ten minutes.
Ctrl-C ends it; what is in order by then stays so. Ends with code 1 when something could not be done.`,
  options: {},
  ask: () => ({}),
  asked: Type.Object({}),
  async run({ telemetry, state, isServed, now }, _asked, { signal, onProgress }): Promise<Compacted> {
    onProgress({ doing: 'time series' })
    const before = (await telemetry?.stats())?.bytes ?? 0
    signal.throwIfAborted()
    const done = await telemetry?.compact(now(), { signal, onProgress: ({ key, ...progress }) => onProgress({ doing: key, ...progress }) })
    signal.throwIfAborted()
    const { bytes, unused } = state.size()
    const isWorthIt = unused >= WORTH_BYTES && unused >= WORTH_SHARE * bytes
    if (isWorthIt && !isServed) {
      onProgress({ doing: 'state' })
      state.shrink()
    }
    return {
      ...(done ?? NOTHING),
      telemetry: telemetry && { before, after: (await telemetry.stats()).bytes },
      state: { before: bytes, after: state.size().bytes, unused, isPutOff: isWorthIt && isServed },
    }
  },
  hasFailed: ({ failed }) => failed.length > 0,
  text({ sealed, rolled, compacted, reduced, removed, failed, telemetry, state }) {
    return [
      ...sealed.map((day) => `sealed ${day}`),
      ...rolled.map((day) => `rolled up ${day}`),
      ...compacted.map((key) => `rewrote ${key}`),
      ...reduced.map((day) => `reduced ${day} to minutes, or to what is kept`),
      ...removed.map((key) => `removed ${key}, which is past retention`),
      ...failed.map(({ key, error }) => `${key} stays as it is: ${error}`),
      ...(telemetry ? [`Time series: ${bytesText(telemetry.before)}, now ${bytesText(telemetry.after)}`] : []),
      state.isPutOff
        ? `State: ${bytesText(state.unused)} of ${bytesText(state.before)} hold nothing; stop the server and run this again to get them back`
        : `State: ${bytesText(state.before)}, now ${bytesText(state.after)}`,
    ].join('\n')
  },
})

import Type from 'typebox'
import type { DataFolder } from '../../storage/embedded/data-folder.ts'
import { untilAborted } from '../../storage/embedded/until-aborted.ts'
import { bytesText } from './bytes-text.ts'
import { folderCommand } from './folder-command.ts'

/** The state is worth writing anew when so much of it, and so many bytes, hold nothing. */
const WORTH_SHARE = 0.2
const WORTH_BYTES = 1_000_000

interface Compacted {
  sealed: string[]
  removed: string[]
  /** Bytes of the day files before and after; null when they are kept elsewhere. */
  telemetry: { before: number; after: number } | null
  state: { before: number; after: number; unused: number; isPutOff: boolean }
}

export const compactCommand = folderCommand({
  name: 'compact',
  usage: 'compact [options]',
  about: `Seals and rewrites the days that can be, and writes the state anew when much of it holds nothing.
The latter only without a running server, which would stand still meanwhile. Servers seal by themselves, every ten minutes.`,
  options: {},
  ask: () => ({}),
  asked: Type.Object({}),
  async run(folder, _asked, { signal, onProgress }): Promise<Compacted> {
    const { telemetry, state, isServed, now } = folder
    onProgress({ doing: 'days' })
    const before = await dayBytes(folder)
    const maintaining = telemetry?.maintain(now()) ?? { sealed: [], removed: [] }
    const { sealed, removed } = await untilAborted(signal, Promise.resolve(maintaining))
    const { bytes, unused } = state.size()
    const isWorthIt = unused >= WORTH_BYTES && unused >= WORTH_SHARE * bytes
    if (isWorthIt && !isServed) {
      onProgress({ doing: 'state' })
      state.shrink()
    }
    return {
      sealed,
      removed,
      telemetry: telemetry && { before, after: await dayBytes(folder) },
      state: { before: bytes, after: state.size().bytes, unused, isPutOff: isWorthIt && isServed },
    }
  },
  text({ sealed, removed, telemetry, state }) {
    const days = [...sealed.map((day) => `sealed ${day}`), ...removed.map((day) => `removed ${day}, which is past retention`)]
    return [
      ...days,
      ...(telemetry ? [`Time series: ${bytesText(telemetry.before)}, now ${bytesText(telemetry.after)}`] : []),
      state.isPutOff
        ? `State: ${bytesText(state.unused)} of ${bytesText(state.before)} hold nothing; stop the server and run this again to get them back`
        : `State: ${bytesText(state.before)}, now ${bytesText(state.after)}`,
    ].join('\n')
  },
})

async function dayBytes({ telemetry }: DataFolder): Promise<number> {
  let bytes = 0
  for (const day of (await telemetry?.files.keys()) ?? []) bytes += (await telemetry?.files.dayStats(day))?.bytes ?? 0
  return bytes
}

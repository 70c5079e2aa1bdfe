import type { PlotContext } from '../../../../src/edges/http/plot-schemas.ts'
import { cityOffset, cityZone } from '../city-time.ts'
import { session } from '../live/api.ts'
import { serverNow } from '../live/live.ts'
import { csvBlob, download } from '../shell/download.ts'
import { explain, tell } from '../shell/notice.tsx'
import { plotTexts } from '../texts/plots.ts'
import { fileName, plotCsv } from './plot-csv.ts'
import type { PlotGroup } from './plot-model.ts'
import { plotPicture } from './plot-picture.ts'
import type { PlotLimit } from './scene.ts'
import type { Shown } from './use-history.ts'

interface ExportProps {
  title: string
  groups: readonly PlotGroup[]
  shown: Shown
  context: PlotContext | null
  limits: readonly PlotLimit[]
  hidden: ReadonlySet<string>
}

/** Saves or prints exactly what is shown. */
export function ExportBar(props: ExportProps) {
  const { title, groups, shown, hidden } = props
  const texts = plotTexts()
  const about = () => ({ title, zone: cityZone(), made: serverNow.peek(), by: session.peek()?.name ?? '' })
  const name = (kind: string) => fileName(title, shown, cityOffset(), kind)
  const savePicture = async () => {
    try {
      download(name('png'), await plotPicture({ ...props, ...about() }))
    } catch (problem) {
      tell(explain(problem), true)
    }
  }
  const saveTable = () => {
    const lines = [...new Set(groups.flatMap((group) => group.lines))].filter(
      ({ facility, point }) => !hidden.has(`${facility}:${point.key}`),
    )
    const { history, from, to, isLive } = shown
    download(name('csv'), csvBlob(plotCsv({ ...about(), history, lines, from, to, isLive, offset: cityOffset() })))
  }
  return (
    <fieldset class="plot-tools plain" aria-label={texts.saveAs}>
      <button type="button" class="button" onClick={() => void savePicture()}>
        {texts.png}
      </button>
      <button type="button" class="button" onClick={saveTable}>
        {texts.csv}
      </button>
      <button type="button" class="button" onClick={() => print()}>
        {texts.print}
      </button>
    </fieldset>
  )
}

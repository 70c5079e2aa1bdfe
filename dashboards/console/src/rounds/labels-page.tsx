import type { RoundLabelsView } from '../../../../src/edges/http/round-schemas.ts'
import { QrCode } from '../../../shared/qr-image.tsx'
import { get } from '../live/api.ts'
import { say } from '../settings.ts'
import { Awaited } from '../shell/awaited.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { rd } from '../texts/rounds.ts'
import { getLabels } from './rounds-api.ts'

/** The labels of a plan's stops, to be printed and put up. */
export function LabelsPage({ id }: { id: string }) {
  const { answer, problem } = useAnswer(
    async () => ({ labels: await getLabels(id), contact: await get<{ url: string | null }>('/api/report-contact') }),
    id,
  )
  const base = answer?.contact.url?.replace(/\/report$/, '')
  return (
    <>
      <p class="no-print">
        <a href="/rounds/plans">← {rd().views.plans}</a>
      </p>
      <h1 class="no-print">{rd().labels}</h1>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer && base === undefined && (
        <p class="panel" role="alert">
          {rd().noUrl}
        </p>
      )}
      {answer && base !== undefined && (
        <>
          <div class="list-bar no-print">
            <p class="grow">{rd().labelsAbout}</p>
            <button type="button" class="button" onClick={() => print()}>
              {rd().print}
            </button>
          </div>
          <ul class="round-labels">
            {answer.labels.items.map((label) => (
              <Label key={label.key} label={label} base={base} />
            ))}
          </ul>
        </>
      )}
    </>
  )
}

const Label = ({ label: { key, name, road, path }, base }: { label: RoundLabelsView['items'][number]; base: string }) => (
  <li>
    <span>{rd().labelFor}</span>
    <QrCode text={base + path} label={key} />
    <b>{key}</b>
    <span class="round-place">{say(name)}</span>
    <span>{road}</span>
  </li>
)

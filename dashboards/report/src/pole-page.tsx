import { formatFull } from '../../shared/format.ts'
import { say } from '../../shared/preferences.ts'
import { KeepAway } from './danger.tsx'
import { FindPole } from './find-pole.tsx'
import { stateWords } from './kinds.ts'
import { type Place, placeOf } from './places.ts'
import { ReportForm } from './report-form.tsx'
import { t } from './texts.ts'
import { useAsked } from './use-asked.ts'

/** The page that the code on a pole leads to. */
export function PolePage({ code }: { code: string }) {
  const { answer: place, problem } = useAsked(() => placeOf(code), code)
  if (place === null)
    return (
      <>
        <h1>{t().title}</h1>
        <p class="panel notice" role="alert">
          {t().unknown(code)}
        </p>
        <FindPole />
      </>
    )
  return (
    <>
      <section class="panel">
        <h1>
          <span class="muted">{t().pole}</span> {place?.code ?? code}
        </h1>
        {place && <p>{[say(place.name) !== place.code && say(place.name), place.road].filter(Boolean).join(' · ')}</p>}
        {problem !== undefined && <p class="muted">{t().placeAway}</p>}
        <a class="button quiet" href="/report">
          {t().anotherPole}
        </a>
      </section>
      <ReportForm key={code} about={{ code: place?.code ?? code }}>
        {place?.known && <Known known={place.known} />}
      </ReportForm>
    </>
  )
}

function Known({ known: { state, since, isDanger } }: { known: NonNullable<Place['known']> }) {
  return (
    <>
      {isDanger && <KeepAway />}
      <section class="panel notice">
        <h2>{t().known}</h2>
        <p>
          <b>{stateWords(state)}</b> {t().knownSince(formatFull(since))}
        </p>
        <p>{t().knownMeans}</p>
      </section>
    </>
  )
}

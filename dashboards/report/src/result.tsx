import { useEffect, useRef, useState } from 'preact/hooks'
import type { Receipt } from './outbox.ts'
import { forgetRefused, outbox } from './sending.ts'
import { t } from './texts.ts'

/** The number, and what comes next. */
export function Arrived({ receipt: { number, duplicate, known } }: { receipt: Receipt }) {
  return (
    <section class="panel">
      <Told>{t().sent}</Told>
      {(duplicate || known) && <p class="panel notice">{duplicate ? t().duplicate : t().alreadyKnown}</p>}
      <CopiedNumber number={number} />
      <ol class="next">
        {t().next.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <a class="button" href={`/report?number=${encodeURIComponent(number)}`}>
        {t().follow}
      </a>
      <a class="button quiet" href="/report">
        {t().another}
      </a>
    </section>
  )
}

/** Of a report that waits; becomes the number when it has gone. */
export function KeptHere({ id, isLater }: { id: string; isLater: boolean }) {
  const sent = outbox.value.sent.find((one) => one.id === id)
  if (sent) return <Arrived receipt={sent} />
  // Why stands above on the page.
  if (outbox.value.refused.some((one) => one.id === id)) return <Told>{t().notTaken}</Told>
  return (
    <section class="panel notice">
      <Told>{t().kept}</Told>
      <p>{isLater ? t().later : t().keptMeans}</p>
    </section>
  )
}

/** Reports that waited and were not taken, until whoever typed them has read it. */
export function NotTaken() {
  return (
    <>
      {outbox.value.refused.map(({ id, unknown }) => (
        <div key={id} class="panel notice">
          <p>{t().waitedInVain}</p>
          <p>{unknown === null ? t().refused : t().unknown(unknown)}</p>
          <button type="button" class="button quiet" onClick={() => forgetRefused(id)}>
            {t().understood}
          </button>
        </div>
      ))}
    </>
  )
}

function CopiedNumber({ number }: { number: string }) {
  const place = useRef<HTMLParagraphElement>(null)
  const [words, tell] = useState('')
  const copy = async () => tell((await copyText(number, place.current)) ? t().copied : t().copyByHand)
  return (
    <>
      <p class="muted">{t().number}</p>
      <p class="number" ref={place}>
        {number}
      </p>
      <div class="row">
        <button type="button" class="button quiet" onClick={() => void copy()}>
          {t().copy}
        </button>
        <span role="status">{words}</span>
      </div>
    </>
  )
}

/** Without HTTPS there is no clipboard, but what is selected can be copied. */
async function copyText(text: string, place: Node | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    if (!place) return false
    getSelection()?.selectAllChildren(place)
    return document.execCommand('copy')
  }
}

/** A heading that takes the focus when it comes, so that it is read out. */
export function Told({ children }: { children: string }) {
  const place = useRef<HTMLHeadingElement>(null)
  useEffect(() => place.current?.focus(), [])
  return (
    <h1 ref={place} tabIndex={-1}>
      {children}
    </h1>
  )
}

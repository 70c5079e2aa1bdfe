import { signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import type { OrderDetailView } from '../../../../src/edges/http/order-schemas.ts'
import { type Picture, picturesOf } from '../kept/kept-orders.ts'
import type { OutboxEntry } from '../order/outbox.ts'
import { reducePhoto } from '../phone/photo.ts'
import { addPhoto, refused, trouble } from '../state.ts'
import { c } from '../texts.ts'

const reducing = signal(0)

async function take(order: number, crew: string, files: readonly File[]): Promise<void> {
  for (const file of files) {
    reducing.value++
    try {
      await addPhoto(order, crew, await reducePhoto(file))
    } catch {
      trouble.value = c().photoBad
    } finally {
      reducing.value--
    }
  }
}

/** Opens the camera; what it gives is kept on the phone at once. */
export function PhotoButton({ order, crew }: { order: number; crew: string }) {
  return (
    <label class="button grow file">
      {reducing.value > 0 ? c().reducing : c().photo}
      <input
        type="file"
        accept="image/*"
        capture="environment"
        onChange={(event) => {
          const { files } = event.currentTarget
          if (files) void take(order, crew, [...files])
          event.currentTarget.value = ''
        }}
      />
    </label>
  )
}

interface Shown {
  id: string
  url: string
  state: 'waits' | 'sent' | 'refused'
}

/** Addresses of pictures that lie on this phone, as long as the page shows them. */
function useOwn(order: number, mark: string): ReadonlyMap<string, string> {
  const [own, setOwn] = useState<ReadonlyMap<string, string>>(new Map())
  useEffect(() => {
    let isOver = false
    let urls: string[] = []
    const show = (pictures: readonly Picture[]) => {
      if (isOver) return
      const made = pictures.map(({ photo, bytes }) => [photo, URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }))] as const)
      urls = made.map(([, url]) => url)
      setOwn(new Map(made))
    }
    picturesOf(order).then(show, () => undefined)
    return () => {
      isOver = true
      for (const url of urls) URL.revokeObjectURL(url)
    }
  }, [order, mark])
  return own
}

/** Photos with the server and photos on this phone, each once. */
export function Photos({ detail, waiting, crew }: { detail: OrderDetailView; waiting: readonly OutboxEntry[]; crew: string | undefined }) {
  const order = detail.order.id
  const idsOf = (entries: readonly OutboxEntry[]) =>
    entries.flatMap((entry) => (entry.type === 'photo' && entry.order === order ? [entry.photo] : []))
  const own = idsOf(waiting)
  const bad = idsOf(refused.value)
  const told = detail.photos.map(({ id }) => id).filter((id) => !own.includes(id) && !bad.includes(id))
  const urls = useOwn(order, [...own, ...bad, ...told].join())
  const listed = [...own, ...bad, ...told]
  // Sent a moment ago, and not in the list yet.
  const between = [...urls.keys()].filter((id) => !listed.includes(id))
  const ofServer = (id: string) => `/api/orders/${order}/photos/${id}`
  const all: Shown[] = [
    ...[...told, ...between].map((id) => ({ id, url: urls.get(id) ?? ofServer(id), state: 'sent' as const })),
    ...own.map((id) => ({ id, url: urls.get(id) ?? '', state: 'waits' as const })),
    ...bad.map((id) => ({ id, url: urls.get(id) ?? '', state: 'refused' as const })),
  ]
  const words = { waits: c().photoWaits, sent: c().photoSent, refused: c().photoRefused }
  if (all.length === 0 && crew === undefined) return null
  return (
    <section class="part" aria-label={c().photos(all.length)}>
      <h3>{c().photos(all.length)}</h3>
      {all.length === 0 && <p class="muted">{c().noPhotos}</p>}
      <ul class="photos">
        {all.map(({ id, url, state }, i) => (
          <li key={id} class={state}>
            {url ? <img src={url} alt={c().photoOf(i + 1, words[state])} loading="lazy" /> : <span class="no-picture" />}
            <span>{words[state]}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

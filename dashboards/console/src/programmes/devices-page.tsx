import { useEffect, useState } from 'preact/hooks'
import type { DeviceProgrammesView, DeviceProgrammeView } from '../../../../src/edges/http/programme-schemas.ts'
import { programmeStates } from '../../../../src/edges/programmes.ts'
import { formatDuration, formatFull, formatNumber } from '../format.ts'
import { link, serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { act, tell } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { pr } from '../texts/programmes.ts'
import { nameOf } from './programme-words.ts'
import { downloadAgain, getDevices, MOST_DOWNLOADED } from './programmes-api.ts'
import { useToldProgrammes } from './use-programmes.ts'

const PAGE = 100
/** What a device reports is told by nobody, ms. */
const LOOK_AGAIN = 10_000

/** What devices run and what they should run, those that differ longest first; their tables can be sent again. */
export function DevicesPage() {
  const state = programmeStates.find((one) => one === query.value.get('state'))
  const [counts, count] = useState<DeviceProgrammesView['counts'] | null>(null)
  const pages = usePages<DeviceProgrammeView>(
    async (after) => {
      const answer = await getDevices(state, PAGE, after)
      count(answer.counts)
      return answer
    },
    `${state} ${link.value === 'disconnected'}`,
  )
  useToldProgrammes(pages.again, state ?? '')
  useEffect(() => {
    const timer = setInterval(pages.again, LOOK_AGAIN)
    return () => clearInterval(timer)
  }, [state])
  const { page, problem } = pages
  const all = Object.values(counts ?? {}).reduce((sum, some) => sum + some, 0)
  const again = async (facilities: readonly string[]) => {
    let devices = 0
    const done = await act(async () => {
      devices = (await downloadAgain(facilities)).devices
    })
    if (done) tell(pr().downloading(formatNumber(devices)))
    pages.again()
  }
  return (
    <section class="panel">
      <header class="list-bar">
        <h1>{pr().tabs.devices}</h1>
        <span class="muted">{pr().devicesAbout}</span>
      </header>
      <fieldset class="plain button-row" aria-label={pr().state}>
        <button type="button" class="button" aria-pressed={!state} onClick={() => setQueries({ state: null }, false)}>
          {pr().allDevices(formatNumber(all))}
        </button>
        {programmeStates.map((one) => (
          <button key={one} type="button" class="button" aria-pressed={one === state} onClick={() => setQueries({ state: one }, false)}>
            {pr().deviceStates[one]} {formatNumber(counts?.[one] ?? 0)}
          </button>
        ))}
        {state && state !== 'same' && <ForAll state={state} count={counts?.[state] ?? 0} onAgain={again} />}
      </fieldset>
      <Awaited isThere={page !== null} problem={problem} />
      {page?.items.length === 0 && !problem && <p class="muted">{pr().noDevices}</p>}
      {page && page.items.length > 0 && !problem && (
        <ScrollTable label={pr().tabs.devices} titles={pr().deviceColumns}>
          {page.items.map((one) => (
            <DeviceRow key={one.facility} device={one} onAgain={() => again([one.facility])} />
          ))}
        </ScrollTable>
      )}
      <Pager pages={pages} size={PAGE} />
    </section>
  )
}

/** Sends the tables of all devices of a state again. */
function ForAll({ state, count, onAgain }: { state: string; count: number; onAgain: (facilities: readonly string[]) => Promise<void> }) {
  const [isBusy, work] = useState(false)
  useEffect(() => work(false), [state])
  if (!may('programme.override') || count === 0) return null
  const isOff = link.value === 'disconnected' || isBusy
  const start = async () => {
    work(true)
    await act(async () => onAgain((await getDevices(state, MOST_DOWNLOADED)).items.map(({ facility }) => facility)))
    work(false)
  }
  return (
    <button type="button" class="button primary" aria-disabled={isOff} onClick={() => !isOff && void start()}>
      {pr().downloadAll(formatNumber(Math.min(count, MOST_DOWNLOADED)))}
    </button>
  )
}

/** A table as short as people compare it. */
const tableWords = (fingerprint: number | null): string =>
  fingerprint === null ? pr().neverSaid : fingerprint === 0 ? pr().ownDusk : `#${fingerprint.toString(16).toUpperCase()}`

function DeviceRow({ device, onAgain }: { device: DeviceProgrammeView; onAgain: () => Promise<void> }) {
  const { facility, district, state, runs, wanted, since, until, sent, attempts, alarm } = device
  const isOff = link.value === 'disconnected'
  return (
    <tr data-device={facility} data-state={state}>
      <th scope="row">
        <a href={`/facilities/${encodeURIComponent(facility)}`}>{facility}</a> <span class="muted">{nameOf(device)}</span>
      </th>
      <td>{district}</td>
      <td>
        {state === 'differs' || state === 'unanswered' ? <b>{pr().deviceStates[state]}</b> : pr().deviceStates[state]}
        {alarm && (
          <>
            {' '}
            <a class="nowrap" href={`/alarms/${alarm.id}`}>
              {alarm.of === 'silence' ? pr().silentDevice : pr().alarm}
              <span class="unseen"> {facility}</span>
            </a>
          </>
        )}
      </td>
      <td>{tableWords(runs)}</td>
      <td>{tableWords(wanted)}</td>
      <td>{since === null ? '–' : pr().since(formatDuration(Math.max(0, serverNow.value - since)))}</td>
      <td>
        {sent === null ? pr().notSent : formatFull(sent)}
        {attempts > 1 && <span class="muted"> ×{attempts}</span>}
      </td>
      <td>{formatFull(until)}</td>
      <td class="nowrap">
        {may('programme.override') && state !== 'same' && (
          <button
            type="button"
            class="button"
            aria-disabled={isOff}
            onClick={() => (isOff ? tell(t().refusedDisconnected, true) : void onAgain())}
          >
            {pr().download}
            <span class="unseen"> {facility}</span>
          </button>
        )}
      </td>
    </tr>
  )
}

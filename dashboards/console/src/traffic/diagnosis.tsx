import { formatDateTime, formatDuration, formatFull, formatNumber } from '../format.ts'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { useKeys } from '../shell/keys.ts'
import { setQuery } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { meaning, tr } from '../texts/traffic.ts'
import { Rejected } from './rejected.tsx'
import { type DiagnosisView, getDiagnosis } from './traffic-api.ts'

/** Clocks that differ by less are right. ms. */
const RIGHT = 1_000

/** Of one device, what one asks who stands before it: is it connected, what did it send last, why was it refused. */
export function Diagnosis({ id }: { id: string }) {
  const { answer, problem, again } = useAnswer(() => getDiagnosis(id), id)
  const leave = () => setQuery('device', null, false)
  useKeys({ Escape: leave })
  return (
    <section class="panel stack diagnosis">
      <div class="list-bar">
        <button type="button" class="button" onClick={leave}>
          ← {tr().all}
        </button>
        <h1>{id}</h1>
        {answer && <Standing found={answer} />}
        <span class="grow" />
        {answer?.registered && may('device.read') && (
          <a class="button" href={`/administration/devices?device=${encodeURIComponent(id)}`}>
            {tr().device}
          </a>
        )}
        {answer?.facility && (
          <a class="button" href={`/facilities/${encodeURIComponent(id)}`}>
            {tr().facilityPage}
          </a>
        )}
        <button type="button" class="button" onClick={again}>
          {tr().refresh}
        </button>
      </div>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {!answer && !problem && <p class="muted">{t().loading}</p>}
      {answer && <Found found={answer} />}
    </section>
  )
}

function Standing({ found: { connection, facility, registered } }: { found: DiagnosisView }) {
  const gateway = facility?.gateway
  return (
    <>
      {connection && <span class="tag">{connection.connected ? `● ${tr().connected}` : `○ ${tr().away}`}</span>}
      {!connection && !gateway && <span class="tag">○ {tr().never}</span>}
      {!registered && !gateway && <span class="tag">{tr().unregistered}</span>}
      {gateway && (
        <span>
          {tr().byGateway} <a href={`/administration/traffic?device=${encodeURIComponent(gateway)}`}>{gateway}</a>
        </span>
      )}
    </>
  )
}

type Fact = readonly [name: string, value: string | null]

function Facts({ title, facts }: { title: string; facts: readonly Fact[] }) {
  return (
    <section>
      <h2>{title}</h2>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt class="muted">{name}</dt>
            <dd>{value || '—'}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const timeOf = (at: number | null) => (at === null ? null : formatDateTime(at))
const rateOf = (perMinute: number) => formatNumber(perMinute, perMinute < 10 ? 1 : 0)

function Found({ found }: { found: DiagnosisView }) {
  const { connection, facility, refused, rejected, topics, since } = found
  return (
    <>
      <section>
        <h2>{tr().lastRefusal}</h2>
        {refused ? <Refusal refused={refused} /> : <p class="muted">{tr().noRefusal}</p>}
      </section>
      {connection && <Facts title={tr().connection} facts={connectionFacts(connection)} />}
      {facility && <Facts title={tr().reports} facts={reportFacts(facility)} />}
      {topics.length > 0 && <Topics topics={topics} />}
      <section>
        <h2>{tr().rejected}</h2>
        {rejected.length === 0 ? <p class="muted">{tr().noRejection}</p> : <Rejected items={rejected} />}
      </section>
      <p class="muted small">{tr().since(formatFull(since))}</p>
    </>
  )
}

function Refusal({ refused }: { refused: NonNullable<DiagnosisView['refused']> }) {
  const { at, reason, help, address, clientId, id, counts } = refused
  const who = [...new Set([id, clientId])].filter((one) => one !== null).join(', ')
  return (
    <>
      <p>
        ✕ {formatDateTime(at)} <b>{reason}</b>: {meaning(reason, help)}
      </p>
      <p class="muted">
        {[who, address].filter((one) => one !== '').join(' · ')} ·{' '}
        {counts.map((one) => `${one.reason} × ${formatNumber(one.count)}`).join(', ')}
      </p>
    </>
  )
}

function connectionFacts(connection: NonNullable<DiagnosisView['connection']>): Fact[] {
  const { flow, certificate, lastDisconnect: end } = connection
  const names = certificate && [...new Set([certificate.commonName, ...certificate.altNames])].filter((name) => name !== null).join(', ')
  return [
    [tr().lastConnect, formatDateTime(connection.lastConnect)],
    [tr().lastDisconnect, end && `${formatDateTime(end.at)} ${meaning(end.reason, end.help)}`],
    [tr().lastMessage, timeOf(flow.last)],
    [tr().rate, rateOf(flow.perMinute)],
    [tr().messages, tr().flow(formatNumber(flow.messages), formatNumber(flow.bytes))],
    [tr().throttled, connection.lastThrottled === null ? null : tr().throttledFor(formatNumber(connection.throttledSeconds, 1))],
    [tr().clientId, connection.clientId],
    [tr().account, connection.account],
    [tr().from, connection.address],
    [tr().listener, `${connection.listener} · ${connection.protocol}`],
    [tr().certificate, names],
    [tr().keepAlive, tr().keepAliveSeconds(formatNumber(connection.keepAlive))],
    [tr().session, connection.cleanSession ? tr().clean : tr().kept],
    [tr().subscriptions, connection.subscriptions.join(', ')],
    [tr().connects, formatNumber(connection.connects)],
  ]
}

function reportFacts({ lastReceived, clockSkew, usualInterval }: NonNullable<DiagnosisView['facility']>): Fact[] {
  return [
    [tr().lastReport, timeOf(lastReceived)],
    [tr().clockSkew, clockSkew === null ? null : skewOf(clockSkew)],
    [tr().usualInterval, usualInterval === null ? null : formatDuration(usualInterval)],
  ]
}

function skewOf(skew: number): string {
  if (Math.abs(skew) < RIGHT) return tr().right
  return skew > 0 ? tr().ahead(formatDuration(skew)) : tr().behind(formatDuration(-skew))
}

function Topics({ topics }: { topics: DiagnosisView['topics'] }) {
  return (
    <section>
      <h2>{tr().topics}</h2>
      <ScrollTable label={tr().topics} titles={tr().topicColumns}>
        {topics.map(({ topic, clientId, flow }) => (
          <tr key={topic}>
            <th scope="row">
              <code>{topic}</code>
            </th>
            <td class="nowrap">{timeOf(flow.last) ?? '—'}</td>
            <td class="number">{formatNumber(flow.messages)}</td>
            <td class="number">{rateOf(flow.perMinute)}</td>
            <td>{clientId}</td>
          </tr>
        ))}
      </ScrollTable>
    </section>
  )
}

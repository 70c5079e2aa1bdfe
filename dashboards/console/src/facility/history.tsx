import type { FacilityVersionView } from '../../../../src/edges/http/schemas.ts'
import { formatFull } from '../format.ts'
import { Pager, usePages } from '../shell/pages.tsx'
import { TableHead } from '../shell/table-head.tsx'
import { ZoneNote } from '../shell/zone-note.tsx'
import { p } from '../texts/plant.ts'
import { getVersions } from './facility-api.ts'
import { fieldName, fieldValue } from './field-names.ts'

const PAGE = 25

/** Who changed the facility when, why, and what it was before. */
export function History({ id }: { id: string }) {
  const pages = usePages((before) => getVersions(id, PAGE, before), id)
  return (
    <section class="panel">
      <h2>{p().history}</h2>
      {pages.problem && <p class="problem">{pages.problem}</p>}
      {pages.page?.items.length === 0 && <p class="muted">{p().noHistory}</p>}
      {pages.page && pages.page.items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section class="sideways" tabIndex={0} aria-label={p().history}>
          <table class="grid-table">
            <TableHead titles={p().historyColumns} />
            <tbody>
              {pages.page.items.map((version) => (
                <tr key={version.id}>
                  <td class="nowrap">{formatFull(version.at)}</td>
                  <td>{version.by}</td>
                  <td>{version.isRegistration ? p().registered : p().actions[version.action]}</td>
                  <td>
                    <Changes version={version} />
                  </td>
                  <td>{version.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <ZoneNote />
      <Pager pages={pages} size={PAGE} />
    </section>
  )
}

function Changes({ version }: { version: FacilityVersionView }) {
  return (
    <ul>
      {version.changes.map(({ field, before, after }) => (
        <li key={field}>
          {fieldName(field)}: <span class="unseen">{p().was}</span>
          {fieldValue(field, before)} → <span class="unseen">{p().is}</span>
          <b>{fieldValue(field, after)}</b>
        </li>
      ))}
    </ul>
  )
}

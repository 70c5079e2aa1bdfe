import { useState } from 'preact/hooks'
import type { SettingInForce } from '../../../../src/config.ts'
import { formatNumber } from '../format.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { h } from '../texts/health.ts'

/** What the service was started with, first what is not as usual. */
export function SettingsPanel({ settings }: { settings: readonly SettingInForce[] }) {
  const [all, showAll] = useState(false)
  const set = settings.filter(({ from }) => from !== 'default')
  const title = h().settings(formatNumber(settings.filter(({ isDefault }) => !isDefault).length))
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{title}</h2>
        <span class="grow" />
        <button type="button" class="button" onClick={() => showAll(!all)}>
          {all ? h().changedSettings : h().allSettings}
        </button>
      </div>
      <ScrollTable label={title} titles={h().settingColumns}>
        {(all ? settings : set).map(({ name, value, from, isDefault }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td class={isDefault ? 'breakable muted' : 'breakable'}>{value === null ? h().secret : value || h().empty}</td>
            <td class="breakable">{h().origins[from] ?? from}</td>
          </tr>
        ))}
      </ScrollTable>
    </section>
  )
}

import { keysOn, language, setKeysOn, t } from '../settings.ts'
import { Dialog } from './dialog.tsx'
import { helpOpen } from './help-open.ts'

const texts = {
  en: {
    keys: [
      ['j / k', 'next, previous alarm'],
      ['Enter', 'to the details of the alarm'],
      ['a', 'acknowledge the selected alarm'],
      ['s', 'shelve the selected alarm'],
      ['/', 'filter, search'],
      ['g', 'to the map; arrows move it, + and − zoom'],
      ['f', 'kiosk and full screen'],
      ['1 2 3 4 5', 'fault wall, facilities, groups and rules, alarm system, administration'],
      ['?', 'this sheet'],
      ['Esc', 'back, clear the filter'],
    ],
    keysOn: 'Single-letter keys are on',
    symbolKey:
      'Diamond 1: critical. Triangle 2: high. Square 3: medium. Circle 4: low. Blinking: not acknowledged. Outline: acknowledged. Dashed: gone, but not acknowledged. Slashed ring: no report.',
  },
  zh: {
    keys: [
      ['j / k', '下一条、上一条告警'],
      ['Enter', '进入告警详情'],
      ['a', '确认所选告警'],
      ['s', '搁置所选告警'],
      ['/', '筛选、搜索'],
      ['g', '进入地图；方向键移动，+ − 缩放'],
      ['f', '全屏展示'],
      ['1 2 3 4 5', '故障墙、设施、分组与规则、告警系统、管理'],
      ['?', '本帮助'],
      ['Esc', '返回、清除筛选'],
    ],
    keysOn: '启用单键快捷键',
    symbolKey: '菱形 1：紧急。三角 2：高。方形 3：中。圆形 4：低。闪烁：未确认。空心：已确认。虚线：已恢复但未确认。带斜杠圆环：无上报。',
  },
}

/** The keys, and the switch that turns them off. */
export function Help() {
  const words = texts[language.value]
  return (
    <Dialog title={t().help} onClose={() => (helpOpen.value = false)}>
      <dl class="facts keys">
        {words.keys.map(([key, does]) => (
          <>
            <dt key={key}>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" checked={keysOn.value} onChange={(event) => setKeysOn(event.currentTarget.checked)} />
        {words.keysOn}
      </label>
      <p class="muted">{words.symbolKey}</p>
    </Dialog>
  )
}

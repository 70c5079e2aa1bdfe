import { emergencies } from '../live/live.ts'
import { language } from '../settings.ts'

const texts = {
  en: {
    active: 'EMERGENCY PLAN ACTIVE',
    drill: 'DRILL of an emergency plan',
    done: (done: number, items: number) => `${done} of ${items} done`,
    late: (n: number) => `${n} late`,
    calls: (n: number) => `${n} to call`,
    open: 'Open',
  },
  zh: {
    active: '应急预案执行中',
    drill: '应急预案演练中',
    done: (done: number, items: number) => `已完成 ${done}/${items}`,
    late: (n: number) => `逾期 ${n} 项`,
    calls: (n: number) => `待电话通知 ${n} 人`,
    open: '查看',
  },
}

/** On every page while plans are active: which, since when, and how far they have come. */
export function EmergencyStrip() {
  const words = texts[language.value]
  return (
    <>
      {emergencies.value.map(({ id, name, nameEn, drill, items, done, late, calls, reached }) => (
        <p key={id} class={drill ? 'banner strip' : 'banner warning strip'} role="status" data-emergency={id}>
          <span>
            {drill ? words.drill : words.active}: {language.value === 'en' ? nameEn || name : name}
            {items > 0 && ` · ${words.done(done, items)}`}
            {late > 0 && ` · ${words.late(late)}`}
            {calls > reached && ` · ${words.calls(calls - reached)}`}
          </span>
          <a class="button" href={`/emergency-plans/activations/${id}`}>
            {words.open}
          </a>
        </p>
      ))}
    </>
  )
}

import { parseArgs } from 'node:util'
import { liveDusk } from '../tests/acceptance/dusk-city.ts'
import { PASSWORD } from '../tests/acceptance/server-process.ts'
import { buildConsole } from '../tests/browser/chromium.ts'

const { values: args } = parseArgs({
  options: {
    lamps: { type: 'string', default: '20000' },
    cabinets: { type: 'string', default: '400' },
    speed: { type: 'string', default: '60' },
    deaf: { type: 'string', default: '8' },
    silent: { type: 'string', default: '4' },
    open: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (args.help) {
  console.log(`Usage: node launch.mjs bench/dusk.ts [--lamps 20000] [--cabinets 400] [--speed 60] [--deaf 8] [--silent 4] [--open PORT]

A dusk of the running product and a simulated city, faster than time: cabinets are given the tables of their switching, some take none, some
fall silent. Prints how many follow, when those that do not are named, how the lamp-on rate rises, and how the load of the grid grows. With --open it builds the console and serves it on that port meanwhile.`)
  process.exit(0)
}
const number = (name: keyof typeof args) => Number(args[name])
const built = args.open === undefined ? null : await buildConsole()
const begun = performance.now()
const result = await liveDusk({
  ...{ lamps: number('lamps'), cabinets: number('cabinets'), speed: number('speed'), deaf: number('deaf'), silent: number('silent') },
  ...(built && { open: { port: number('open'), consoleFolder: built.folder } }),
  onOpen: (url) => {
    if (built) console.log(`The console is at ${url} until the dusk is over; sign in as admin with ${PASSWORD}`)
  },
  onProgress: (words) => console.log(`${Math.round((performance.now() - begun) / 1000)} s: ${words}`),
})
await built?.remove()
const minutes = (ms: number) => (ms / 60_000).toFixed(1)
const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const { cabinets, deaf, silent, unanswered, namedAfter, following, rates, alarms, load } = result
const last = rates.at(-1)
const reached = (share: number) => rates.find(({ lit }) => lit >= share * (last?.lit ?? 0))?.at ?? Number.NaN
const isSame = (a: readonly string[], b: readonly string[]) => JSON.stringify(a.toSorted()) === JSON.stringify(b.toSorted())
const of = (rule: string) => alarms.filter((alarm) => alarm.rule === rule)
const lost = of('communication-loss')
console.log(`
speed                                       x${result.speed.toFixed(0)} of the x${args.speed} asked for; time waits where the program does not keep up
cabinets that run their table before dusk   ${following} of ${cabinets.length}
named as not answering                      ${unanswered.length}, ${isSame(unanswered, deaf) ? 'exactly' : 'NOT'} the ${deaf.length} that take none, ${minutes(namedAfter)} min after the programmes were made
an alarm for not acknowledging              ${isSame([...new Set(of('programme-unanswered').map(({ facility }) => facility))], deaf) ? 'exactly' : 'NOT'} the ${deaf.length}
lamps lit at the end                        ${last?.lit} of ${last?.due}
half, 98 % and all of these lit             ${minutes(reached(0.5))}, ${minutes(reached(0.98))}, ${minutes(reached(1))} min after dusk
lamps at the second step                    ${result.dimmed} of ${result.asked}
silent cabinets named                       ${isSame([...new Set(lost.map(({ facility }) => facility))], silent) ? 'exactly' : 'NOT'} the ${silent.length}, the last ${minutes(Math.max(...lost.map(({ at }) => at)))} min after dusk
not switched by their programme             ${of('schedule-deviation').length}
full load                                   ${load.full.toFixed(0)} A at 220 V
largest rise in a second, city              ${percent(load.cityJump)} of it
largest rise in a second, one cabinet       ${percent(load.cabinetJump)} of its own`)

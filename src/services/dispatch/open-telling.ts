import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import type { Broker } from '../../edges/mqtt/broker.ts'
import { type Notifying, openNotifier } from '../../edges/notify/open-notifier.ts'
import { openKeyFile } from '../../storage/embedded/key-file.ts'
import type { ServiceParts } from '../parts.ts'
import { AlarmAlerts } from './alarm-alerts.ts'
import { tellOfOrders } from './telling.ts'

type Parts = Pick<ServiceParts, 'state' | 'desk' | 'register' | 'plant' | 'kinds' | 'utcOffset' | 'now'> & {
  config: Config
  /** Not there before the front door is open. */
  broker: () => Broker | undefined
  schedule: (work: () => void, delay: number) => () => void
  log: Logger
  stops: (() => unknown)[]
}

/** All that tells people and other systems of orders and alarms; nothing goes out before it is started. */
export function openTelling(parts: Parts): { notifying: Notifying; alerts: AlarmAlerts } {
  const { config, state, desk, register, plant, kinds, utcOffset, now, schedule, log, stops } = parts
  const notifying = openNotifier({
    ...{ config, store: state.deliveries, pushSecret: openKeyFile(join(config.DATA_FOLDER, 'push.key')), utcOffset, now, schedule, log },
    quiet: () => desk.policy().quiet,
    publish: async (topic, payload) => {
      const broker = parts.broker()
      // What is to be told as the program starts waits for it.
      if (!broker) throw new Error('The broker is not up yet.')
      await broker.publish(topic, payload, { qos: 1 })
    },
    mayBeTold: (account) => state.people.user(account)?.disabled === false,
  })
  stops.push(() => notifying.notifier.close())
  const alerts = new AlarmAlerts({
    ...{ register, state, plant, kinds, now, schedule, random: Math.random },
    ...{ post: notifying.postAlerts, publicUrl: config.PUBLIC_URL },
  })
  stops.push(() => alerts.stop())
  tellOfOrders(desk, notifying.notifier, { state, utcOffset })
  return { notifying, alerts }
}

import type { Permission } from '../../../../src/access/permissions.ts'
import type { Text } from '../../../../src/telemetry/point.ts'
import { say } from '../settings.ts'
import { isLimited, mayWhole } from '../shell/access.ts'

const texts = {
  title: { en: 'No facilities yet', zh: '尚无设施' },
  text: {
    en: 'The server is running and waits for something to watch. One of these comes next:',
    zh: '服务器已运行，等待监控对象。请选择下一步：',
  },
  demo: { en: 'Only looking? Stop the server and start a simulated city:', zh: '只想试用？停止服务器，启动模拟城市：' },
  send: { en: 'What devices send, over MQTT (more:', zh: '设备通过 MQTT 上报的内容（详见' },
  api: { en: 'the interface', zh: '接口说明' },
  later: { en: 'This page fills by itself as soon as the first facility is registered.', zh: '登记第一处设施后，本页会自动显示内容。' },
  ask: {
    en: 'An engineer or administrator registers facilities and devices.',
    zh: '设施与设备由工程师或管理员登记。',
  },
  elsewhere: {
    en: 'There are no facilities in the part of the city that your account is limited to.',
    zh: '您的账号权限范围内没有设施。',
  },
}

const steps: readonly { href: string; needs: Permission; title: Text; text: Text }[] = [
  {
    href: '/import',
    needs: 'facility.edit',
    title: { en: 'Import the plant', zh: '导入设施台账' },
    text: {
      en: 'Lamps, cabinets and stations from CSV, GeoJSON or NGSI-LD, with a trial run first',
      zh: '从 CSV、GeoJSON 或 NGSI-LD 导入路灯、控制柜与站点，可先试运行',
    },
  },
  {
    href: '/new-facility',
    needs: 'facility.edit',
    title: { en: 'Register one facility', zh: '登记一处设施' },
    text: { en: 'With a form', zh: '逐项填写' },
  },
  {
    href: '/administration/devices',
    needs: 'device.manage',
    title: { en: 'Connect a device', zh: '接入设备' },
    text: { en: 'Its credential, and whether it is heard', zh: '签发凭据，并查看是否收到上报' },
  },
]

/** Nothing is registered yet: what to do next, for who may do it. */
export function EmptyInstallation() {
  if (isLimited()) return <p class="hint muted">{say(texts.elsewhere)}</p>
  const own = steps.filter(({ needs }) => mayWhole(needs))
  return (
    <section class="panel welcome">
      <h1>{say(texts.title)}</h1>
      {own.length > 0 ? (
        <>
          <p>{say(texts.text)}</p>
          <ul class="overview next-steps">
            {own.map(({ href, title, text }) => (
              <li key={href}>
                <a href={href}>
                  <b>{say(title)}</b>
                  <span class="muted">{say(text)}</span>
                </a>
              </li>
            ))}
          </ul>
          <p>
            {say(texts.send)} <a href="/api/docs">{say(texts.api)}</a>)
          </p>
          <pre>{'facilities/{kind}/{id}/telemetry\n{ "at": 1767225600000, "values": { "level": 2.1 } }'}</pre>
          <p>
            {say(texts.demo)} <code>npm run demo</code>
          </p>
        </>
      ) : (
        <p>{say(texts.ask)}</p>
      )}
      <p class="muted">{say(texts.later)}</p>
    </section>
  )
}

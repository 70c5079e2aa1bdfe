import { say } from '../settings.ts'
import { isLimited } from '../shell/access.ts'

const texts = {
  title: {
    en: 'No facilities yet',
    zh: '尚无设施',
  },
  text: {
    en: 'The server is running and waits for something to watch. Next:',
    zh: '服务器已运行，等待监控对象。下一步：',
  },
  register: {
    en: 'Register your facilities: POST /api/facilities, described at',
    zh: '登记设施：POST /api/facilities，说明见',
  },
  send: {
    en: 'Let their devices send telemetry by MQTT:',
    zh: '让设备通过 MQTT 上报数据：',
  },
  demo: {
    en: 'Or stop the server and start a simulated city instead:',
    zh: '或者停止服务器，改为启动模拟城市：',
  },
  later: {
    en: 'This page fills by itself as soon as the first facility is registered.',
    zh: '登记第一处设施后，本页会自动显示内容。',
  },
  elsewhere: {
    en: 'There are no facilities in the part of the city that your account is limited to.',
    zh: '您的账号权限范围内没有设施。',
  },
}

/** Nothing is registered yet: what to do next. */
export function EmptyInstallation() {
  if (isLimited()) return <p class="hint muted">{say(texts.elsewhere)}</p>
  return (
    <section class="panel welcome">
      <h1>{say(texts.title)}</h1>
      <p>{say(texts.text)}</p>
      <ol>
        <li>
          {say(texts.register)} <a href="/api/docs">/api/docs</a>
        </li>
        <li>
          {say(texts.send)}
          <pre>{'facilities/{kind}/{id}/telemetry\n{ "at": 1767225600000, "values": { "level": 2.1 } }'}</pre>
        </li>
        <li>
          {say(texts.demo)} <code>npm run demo</code>
        </li>
      </ol>
      <p class="muted">{say(texts.later)}</p>
    </section>
  )
}

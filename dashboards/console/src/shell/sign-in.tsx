import { useSignIn } from '../../../shared/use-sign-in.ts'
import { session, signIn } from '../live/api.ts'
import { language, t } from '../settings.ts'
import { lazy } from './lazy.tsx'
import { explain } from './notice.tsx'
import { hadSession } from './session-end.ts'
import { Switches } from './switches.tsx'

const CodeStep = lazy(async () => (await import('../accounts/code-step.tsx')).CodeStep)

const texts = {
  en: {
    ended: 'Your session has ended. Sign in again: you come back to the same page.',
    wrongPassword: 'Name or password is wrong.',
    signInHint: 'The first password was printed when the server started for the first time.',
  },
  zh: {
    ended: '会话已结束。重新登录后将回到原页面。',
    wrongPassword: '用户名或密码不正确。',
    signInHint: '初始密码在服务器首次启动时显示过一次。',
  },
}

export function SignIn() {
  const { problem, busy, pending, submit, back } = useSignIn({
    ask: (form) => signIn(String(form.get('name')), String(form.get('password'))),
    enter(found) {
      session.value = found
    },
    words: (failure, isWrong) => (isWrong ? texts[language.value].wrongPassword : explain(failure)),
  })
  if (pending) {
    return (
      <main class="sign-in">
        <CodeStep pending={pending} onBack={back} />
      </main>
    )
  }
  return (
    <main class="sign-in">
      <form class="panel" onSubmit={(event) => void submit(event)}>
        <h1>{t().product}</h1>
        <label class="field">
          {t().name}
          <input name="name" autocomplete="username" required autofocus />
        </label>
        <label class="field">
          {t().password}
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <p role="alert">{problem || (hadSession.value ? texts[language.value].ended : '')}</p>
        <div class="buttons">
          <button type="submit" class="button primary" disabled={busy}>
            {t().signIn}
          </button>
          <span class="grow" />
          <Switches />
        </div>
        <p class="muted small">{texts[language.value].signInHint}</p>
      </form>
    </main>
  )
}

import { type Session, session } from '../../../shared/session.ts'
import { useSignIn } from '../../../shared/use-sign-in.ts'
import { sendCode, signIn } from '../crew-api.ts'
import { lookAtPush } from '../phone/push.ts'
import { goHome, path } from '../router.ts'
import { account, catchUp } from '../state.ts'
import { c } from '../texts.ts'
import { explain } from './problem-words.ts'
import { LanguageChoice } from './settings-page.tsx'

async function enter(found: Session): Promise<void> {
  session.value = found
  if (path.peek().endsWith('/sign-in')) goHome()
  await catchUp()
  await lookAtPush()
}

/** Name and password, and the code of the second factor where one is set up. */
export function SignIn() {
  const { problem, busy, pending, submit } = useSignIn({
    ask(form, pending) {
      const text = (name: string) => String(form.get(name))
      return pending ? sendCode(pending, text('code')) : signIn(text('name').trim(), text('password'))
    },
    enter,
    words: (failure, isWrong) => (isWrong ? c().wrongPassword : explain(failure)),
  })
  return (
    <form class="sign-in" onSubmit={(event) => void submit(event)}>
      <h2>{c().product}</h2>
      <p class="muted">{c().signInAbout}</p>
      {pending ? (
        <label class="field" key="code">
          {c().code}
          <input name="code" required maxLength={40} inputMode="numeric" autocomplete="one-time-code" autofocus />
        </label>
      ) : (
        <>
          <label class="field">
            {c().name}
            <input name="name" autocomplete="username" autocapitalize="none" required defaultValue={account.value ?? ''} />
          </label>
          <label class="field">
            {c().password}
            <input name="password" type="password" autocomplete="current-password" required />
          </label>
        </>
      )}
      <p role="alert">{problem}</p>
      <button type="submit" class="button step" disabled={busy}>
        {c().signIn}
      </button>
      <LanguageChoice />
    </form>
  )
}

import type { ComponentType } from 'preact'
import type { Permission } from '../../../../src/access/permissions.ts'
import { session } from '../live/api.ts'
import { say, t } from '../settings.ts'
import { isLimited, may } from './access.ts'
import { useKeys } from './keys.ts'
import { navigate } from './router.ts'

const texts = {
  title: { en: 'Not for your role', zh: '当前角色无权访问' },
  limitedTitle: { en: 'Not for your part of the city', zh: '超出您的权限范围' },
  role: (role: string) => ({
    en: `You are signed in as ${role}, and this page is for other roles. Ask an administrator if you need it.`,
    zh: `您的角色是“${role}”，此页面供其他角色使用。如有需要，请联系管理员。`,
  }),
  limited: {
    en: 'This page concerns the whole city, and your account is limited to a part of it. Ask an administrator if you need it.',
    zh: '此页面涉及全市，而您的账号仅限部分区域或专业。如有需要，请联系管理员。',
  },
}

/** What stands in place of a page that is not for who is signed in. */
export function NotForYou({ isRoleEnough }: { isRoleEnough: boolean }) {
  useKeys({ Escape: () => navigate('/') })
  return (
    <section class="panel welcome">
      <h1>{say(isRoleEnough ? texts.limitedTitle : texts.title)}</h1>
      <p>{say(isRoleEnough ? texts.limited : texts.role(session.value ? say(session.value.roleTitle) : ''))}</p>
      <a href="/">{t().wall}</a>
    </section>
  )
}

/** A page for those only who may do something; `whole`: and who are not limited to a part of the city. */
export function guarded<P extends object>(needs: Permission, Page: ComponentType<P>, whole?: 'whole'): ComponentType<P> {
  return function Guarded(props: P) {
    const isRoleEnough = may(needs)
    return isRoleEnough && !(whole && isLimited()) ? <Page {...props} /> : <NotForYou isRoleEnough={isRoleEnough} />
  }
}

/** Blocking somebody's direct messages, as a menu offers it. */
import type { MenuItem } from '@/components/PopMenu.vue'
import { blocked } from '@/stores/own'
import { block } from '@/stores/moderation'
import type { User } from '@/wire'
import { t } from '@/words'
import '@/words.moderation'

import { attempt } from './acts'
import { ask } from './dialogs'
import { toast } from './toasts'

export function blockItem(user: User): MenuItem {
  const on = !blocked.has(user.id)
  return { label: on ? t('block') : t('unblock'), icon: on ? 'lock' : 'check', danger: on, act: () => change(user, on) }
}

async function change({ id, name }: User, on: boolean) {
  if (on && !(await ask({ title: t('blockAsk', { name }), text: t('blockText'), go: t('block'), danger: true }))) return
  if (await attempt(() => block(id, on))) toast(t(on ? 'blocked' : 'unblocked', { name }))
}

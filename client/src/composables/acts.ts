/** What menus in more than one place do: ask where needed, do it, say what went wrong. */
import { push } from '@/router'
import { directRoom } from '@/stores/rooms'
import { unsent } from '@/stores/messages'
import { signOut } from '@/stores/session'
import { t } from '@/words'

import { ask } from './dialogs'
import { forgetPeople } from './remembered'
import { roomPath } from './roomName'
import { complain } from './toasts'

/** Talks with somebody, alone. */
export function meet(user: number) {
  void attempt(async () => push(roomPath(await directRoom([user]))))
}

/** True when it was done. */
export async function attempt(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act()
    return true
  } catch (error) {
    complain(error)
    return false
  }
}

/** Asks only when something would be lost. */
export async function leaveWorkspace() {
  const count = unsent()
  const yes =
    !count ||
    (await ask({ title: t('signOutAsk'), text: t('signOutUnsent', { count }), go: t('signOut'), danger: true }))
  if (yes && (await attempt(signOut))) forgetPeople()
}

/** What the quick switcher leads to beside rooms and people: pages, and what one can do from anywhere. */
import type { IconName } from '@/components/Icon.vue'
import { push } from '@/router'
import { me } from '@/stores/session'
import { type Word, t } from '@/words'
import '@/words.keys'
import '@/words.later'
import '@/words.talk'

import { attempt, leaveWorkspace } from './acts'
import { open } from './dialogs'
import { isAdmin, isGuest, isModerator } from './rights'
import { theme } from './theme'

export interface Goal {
  name: string
  icon: IconName
  note: Word
  go: () => unknown
}

/** All that one may, in this order where nothing else decides. */
export function goals(): Goal[] {
  const member = !isGuest.value
  return [
    page('inbox', 'inbox', '/inbox'),
    page('savedTitle', 'bookmark', '/saved'),
    page('later', 'clock', '/later'),
    page('search', 'search', '/search'),
    ...(member ? [page('browse', 'compass', '/browse'), page('people', 'people', '/people'), page('emoji', 'smile', '/settings/emoji')] : []),
    ...(member ? [act('createRoom', 'plus', () => open('room')), act('newDirect', 'people', () => open('direct'))] : []),
    ...(member ? [act('invite', 'link', () => open('invite')), page('invites', 'link', '/invites')] : []),
    page('settings', 'settings', '/settings/profile'),
    ...settings(['notifications', 'appearance', ...(member ? (['sessions', 'tokens'] as const) : [])]),
    ...(isAdmin.value ? [page('workspaceSettings', 'shield', '/admin')] : []),
    ...(isModerator.value ? [page('reports', 'flag', '/admin/reports')] : []),
    act('setStatus', 'smile', () => open('status')),
    me.value?.quiet_until
      ? act('quietEnd', 'moon', () => attempt(async () => (await import('@/stores/account')).setQuiet()))
      : act('quiet', 'moon', () => open('quiet')),
    act('goThemeLight', 'settings', () => (theme.value = 'light')),
    act('goThemeDark', 'moon', () => (theme.value = 'dark')),
    act('goThemeSystem', 'settings', () => (theme.value = 'system')),
    act('keys', 'keyboard', () => open('keys')),
    act('signOut', 'leave', leaveWorkspace),
  ]
}

function settings(pages: ('notifications' | 'appearance' | 'sessions' | 'tokens')[]): Goal[] {
  return pages.map((name) => page(name, 'settings', `/settings/${name}`))
}

function page(word: Word, icon: IconName, path: string): Goal {
  return { name: t(word), icon, note: 'goPage', go: () => push(path) }
}

function act(word: Word, icon: IconName, go: () => unknown): Goal {
  return { name: t(word), icon, note: 'goCommand', go }
}

/** What the browser's tab says: how much is unread, what is shown, where; its icon says whether anything is. */
import { computed, ref, watchEffect } from 'vue'

import { mine } from '@/stores/rooms'
import { workspace } from '@/stores/session'

import { isMuted } from './muted'

/** What is shown; views set it. */
export const shownTitle = ref('')

/** Of muted rooms only what calls one counts. */
const unread = computed(() => {
  let sum = 0
  for (const row of mine.values()) sum += (isMuted(row) ? row.mentions : row.unread) ?? 0
  return sum
})

watchEffect(() => {
  const count = unread.value > 99 ? '(99+) ' : unread.value ? `(${unread.value}) ` : ''
  document.title = count + [shownTitle.value, workspace.name].filter(Boolean).join(' · ')
})

watchEffect(() => {
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')
  if (icon) icon.href = unread.value ? '/icon-unread.svg' : '/icon.svg'
})

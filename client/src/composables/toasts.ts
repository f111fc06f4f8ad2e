/** Short notes that go away by themselves; `ToastList` shows them in the one live region for them. */
import { shallowRef } from 'vue'

import { t } from '@/words'

export interface Toast {
  id: number
  text: string
  kind: 'note' | 'error'
  action?: { label: string; act: () => void } | undefined
}

export const toasts = shallowRef<Toast[]>([])
let last = 0

/** Its id is for `dismiss`, which has no more to do once it is gone. */
export function toast(text: string, action?: Toast['action'], kind: Toast['kind'] = 'note'): number {
  const id = ++last
  toasts.value = [...toasts.value.slice(-2), { id, text, kind, action }]
  setTimeout(() => dismiss(id), action || kind === 'error' ? 8000 : 4000)
  return id
}

export function dismiss(id: number) {
  toasts.value = toasts.value.filter((one) => one.id !== id)
}

/** Shows why something failed, in the server's own sentence where it sent one. */
export function complain(error: unknown) {
  toast(reason(error), undefined, 'error')
}

export function reason(error: unknown): string {
  return error instanceof Error && error.message ? error.message : t('failed')
}

export async function copy(text: string) {
  try {
    await navigator.clipboard.writeText(text)
    toast(t('copied'))
  } catch (error) {
    complain(error)
  }
}

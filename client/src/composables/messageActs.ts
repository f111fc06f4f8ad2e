/** Editing a message in its place, and what becomes of one that could not be sent. */
import { nextTick, ref } from 'vue'

import { discard, edit, retry } from '@/stores/messages'

import { attempt } from './acts'
import type { MessageAct, Shown } from './shown'

export function useMessageActs() {
  /** The key of the one that is being edited. */
  const editing = ref('')

  const acts: Record<MessageAct, (shown: Shown) => unknown> = {
    edit: (shown) => (editing.value = shown.key),
    cancel: stop,
    retry: (shown) => attempt(() => retry(shown.key)),
    drop,
  }

  function act(name: MessageAct, shown: Shown) {
    void acts[name](shown)
  }

  async function drop(shown: Shown) {
    const { passFocus } = await import('./focus')
    const goOn = passFocus()
    await attempt(() => discard(shown.key))
    await nextTick(goOn)
  }

  function stop() {
    editing.value = ''
  }

  async function save(shown: Shown, body: string) {
    const { id } = shown
    if (id !== undefined && (await attempt(() => edit(id, body)))) stop()
  }

  return { editing, act, save }
}

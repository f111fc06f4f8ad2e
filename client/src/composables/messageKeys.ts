/** One key does something with the message that has the focus. */
import { type Ref, onBeforeUnmount, onMounted } from 'vue'

import { keyOf, onMessage } from './keys'

/** `part` is something in the message; `acts` what can be done with it now. */
export function useMessageKeys(part: Ref<HTMLElement | undefined>, acts: Ref<Partial<Record<keyof typeof onMessage, () => unknown>>>) {
  let message: HTMLElement | null | undefined

  function pressed(event: KeyboardEvent) {
    // Its own buttons and fields keep their keys.
    const name = event.target === message ? keyOf(event, onMessage) : undefined
    const act = name && acts.value[name]
    if (!act || event.repeat) return
    event.preventDefault()
    void act()
  }

  onMounted(() => {
    message = part.value?.closest<HTMLElement>('.message')
    message?.addEventListener('keydown', pressed)
  })
  onBeforeUnmount(() => message?.removeEventListener('keydown', pressed))
}

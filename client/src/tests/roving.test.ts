import { expect, it } from 'vitest'
import { computed, ref } from 'vue'

import { useRoving } from '@/composables/roving'

function focus(roving: ReturnType<typeof useRoving>, key: string) {
  const message = document.createElement('article')
  message.className = 'message'
  message.dataset.key = key
  roving.listeners.focusin({ target: message as EventTarget } as FocusEvent)
}

it('lets Tab reach the message that had the focus last, and the last one before and once that is gone', () => {
  const keys = ref(['a', 'b', 'c'])
  const roving = useRoving(computed(() => keys.value))
  expect(roving.tabbable.value).toBe('c')
  focus(roving, 'b')
  expect(roving.tabbable.value).toBe('b')
  keys.value = ['a', 'c']
  expect(roving.tabbable.value).toBe('c')
})

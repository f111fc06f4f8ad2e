/** A field that keeps the focus while its keys go through the choices in a list below: ARIA's combobox. */
import { type Ref, computed, ref, useId } from 'vue'

import { isComposing } from './ime'

export function useCombobox<T>(choices: Ref<T[]>, choose: (choice: T) => void) {
  const at = ref(0)
  const id = useId()

  /** For the field; its keys come to `pressed`. */
  const field = computed(() => ({
    type: 'text',
    role: 'combobox' as const,
    autocomplete: 'off',
    'aria-autocomplete': 'list' as const,
    'aria-expanded': true,
    'aria-controls': id,
    'aria-activedescendant': choices.value.length ? `${id}-${at.value}` : undefined,
    onInput: () => (at.value = 0),
  }))

  const option = (index: number) => ({
    id: `${id}-${index}`,
    role: 'option' as const,
    'aria-selected': index === at.value,
    onMousedown: (event: MouseEvent) => event.preventDefault(),
    onClick: () => choose(choices.value[index] as T),
  })

  function pressed(event: KeyboardEvent) {
    const count = choices.value.length
    const choice = choices.value[at.value]
    if (isComposing(event) || !count) return
    if (event.key === 'ArrowDown') at.value = (at.value + 1) % count
    else if (event.key === 'ArrowUp') at.value = (at.value + count - 1) % count
    else if (event.key === 'Enter' && choice) choose(choice)
    else return
    event.preventDefault()
    document.getElementById(`${id}-${at.value}`)?.scrollIntoView({ block: 'nearest' })
  }

  return { id, field, option, pressed }
}

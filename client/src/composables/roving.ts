/** Which message has the toolbar, and which one Tab reaches: the one that the pointer points at, or had the focus last. */
import { computed, ref, type Ref } from 'vue'

/** `keys` are those of the messages in the page: Tab reaches the last until another had the focus, and once that is gone. */
export function useRoving(keys: Ref<string[]>) {
  const pointed = ref('')
  const focused = ref('')
  const stop = ref('')
  let held = false

  const active = computed(() => pointed.value || focused.value)
  const tabbable = computed(() => (keys.value.includes(stop.value) ? stop.value : keys.value.at(-1)))

  /** While a menu is open its message stays active, wherever the pointer goes. */
  function hold(on: boolean) {
    held = on
  }

  function point(event: PointerEvent) {
    if (!held && event.pointerType === 'mouse') pointed.value = keyOf(event.target)
  }

  function focus(event: FocusEvent) {
    focused.value = stop.value = keyOf(event.target)
    // Who goes by keys does not look at where the pointer was left.
    if (!held && (event.target as Element).matches('.message:focus-visible')) pointed.value = ''
  }

  function blur(event: FocusEvent) {
    if (!held && !keyOf(event.relatedTarget)) focused.value = ''
  }

  const listeners = {
    pointerover: point,
    pointerleave: () => held || (pointed.value = ''),
    focusin: focus,
    focusout: blur,
  }
  return { active, tabbable, hold, listeners }
}

function keyOf(target: EventTarget | null): string {
  return (target instanceof Element && target.closest<HTMLElement>('.message')?.dataset.key) || ''
}

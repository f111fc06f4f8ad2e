/** A button, and the box that it opens in the browser's top layer. */
import { nextTick, ref, type Ref } from 'vue'

import { isRightToLeft } from './sides'

type Part = Readonly<Ref<HTMLElement | null>>

/** `changed` hears whether it is open; what is `anchored` is placed by the style sheet. */
export function usePopover(button: Part, box: Part, changed: (open: boolean) => void, anchored = false) {
  const isOpen = ref(false)
  let dismisses = false

  /** A press on the button dismisses the box by itself: the click that follows must not open it again. */
  function pressed() {
    dismisses = isOpen.value
  }

  async function open() {
    if (dismisses) return void (dismisses = false)
    box.value?.showPopover()
    isOpen.value = true
    await nextTick()
    if (button.value && box.value && !anchored) placeBeside(button.value, box.value)
  }

  function close() {
    box.value?.hidePopover()
  }

  function toggled(event: Event) {
    isOpen.value = (event as ToggleEvent).newState === 'open'
    changed(isOpen.value)
  }

  return { isOpen, pressed, open, close, toggled }
}

/** Below the button, or above it where there is no room; both begin at the same edge, or end there; never out of the window. */
function placeBeside(button: HTMLElement, box: HTMLElement) {
  const again = () => place(button, box)
  again()
  // Zoomed or turned while it is open, the window is another.
  addEventListener('resize', again)
  box.addEventListener('beforetoggle', () => removeEventListener('resize', again), { once: true })
}

function place(button: HTMLElement, box: HTMLElement) {
  const from = button.getBoundingClientRect()
  const size = box.getBoundingClientRect()
  const below = from.bottom + 4
  const top = below + size.height > innerHeight - 8 ? from.top - size.height - 4 : below
  const edges = [from.left, from.right - size.width]
  if (isRightToLeft(button)) edges.reverse()
  const left = edges.find((edge) => edge >= 8 && edge + size.width <= innerWidth - 8) ?? 8
  box.style.top = `${Math.max(8, top)}px`
  box.style.left = `${left}px`
}

/** Where the focus was, and the way back. */
import { type Ref, onMounted } from 'vue'

import { touch } from './media'

/** The form of a page that is all form: one writes at once, but where the keyboard would come up over what it says. */
export function useFirstField(form: Ref<HTMLElement | undefined>) {
  onMounted(() => touch.value || form.value?.querySelector('input')?.focus())
}

/** What it gives brings the focus back to where it is now, or as near to that as there still is something. */
export function keepFocus(): () => void {
  const before = document.activeElement
  const list = before?.closest('.timeline')
  const key = before?.closest<HTMLElement>('.message')?.dataset.key
  return () => {
    const message = () => (key ? list?.querySelector(`.message[data-key="${CSS.escape(key)}"]`) : null)
    const places: (() => Element | null | undefined)[] = [() => before, message, composer]
    places.some((place) => took(place()))
  }
}

/** What it gives brings the focus from a message that is gone by then to the next one, else to the one before. */
export function passFocus(): () => void {
  const message = document.activeElement?.closest('.message')
  const all = [...(message?.closest('.timeline')?.querySelectorAll('.message') ?? [])]
  const at = all.findIndex((one) => one === message)
  return () => {
    if (message?.isConnected === false) [all[at + 1], all[at - 1], composer()].some(took)
  }
}

/** With fingers, the keyboard would come up with it. */
const composer = () => (touch.value ? null : document.querySelector('.room-view > main .composer textarea'))

function took(element: Element | null | undefined): boolean {
  if (!(element instanceof HTMLElement) || element === document.body || !element.checkVisibility()) return false
  element.focus()
  return document.activeElement === element
}

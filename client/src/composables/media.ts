/** What kind of screen and pointer this is, kept up to date. */
import { readonly, ref } from 'vue'

function matches(query: string) {
  const media = window.matchMedia(query)
  const value = ref(media.matches)
  media.addEventListener('change', () => (value.value = media.matches))
  return readonly(value)
}

/** One pane at a time. */
export const phone = matches('(max-width: 719px)')
/** Fingers: Enter on a soft keyboard breaks the line, as everywhere on a phone. */
export const touch = matches('(pointer: coarse)')

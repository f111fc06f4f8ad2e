/** Whether the browser offers to install the client as an app. */
import { shallowRef } from 'vue'

/** Not in the standard's types: Chromium alone has it. */
interface Offer extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>
}

/** What the browser offers, to be taken at a click, once. */
export const offer = shallowRef<Offer | null>(null)

addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault() // it would ask by itself, at any time
  offer.value = event as Offer
})
addEventListener('appinstalled', () => (offer.value = null))

export async function install() {
  const present = offer.value
  offer.value = null
  await present?.prompt()
}

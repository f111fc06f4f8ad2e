/** What a view asks for can be asked only over a connection that stands. */
import { watch } from 'vue'

import { connection } from '@/stores/connection'

/** Runs `act` when one is online, and again each time one is back. */
export function whenOnline(act: () => unknown) {
  watch(
    () => connection.state === 'online',
    (online) => online && void act(),
    { immediate: true },
  )
}

/** Getting in: runs the act that signs in, then shows what one came for. */
import { watch } from 'vue'

import { replace, route } from '@/router'
import { connection } from '@/stores/connection'
import { session } from '@/stores/session'

import { useSubmit } from './submit'

export function useEntry(fields: readonly string[]) {
  const submit = useSubmit(fields)

  async function enter(act: () => Promise<unknown>) {
    await submit.run(async () => {
      await act()
      await online()
      const next = typeof route.query.next === 'string' ? route.query.next : '/'
      // An address of our own only: "//elsewhere" would be another's.
      await replace(/^\/(?![/\\])/.test(next) ? next : '/')
    })
  }
  return { submit, enter }
}

function online(): Promise<void> {
  return new Promise((resolve) => {
    const stop = watch(
      () => connection.state === 'online' && session.user !== null,
      (isIn) => {
        if (!isIn) return
        resolve()
        queueMicrotask(() => stop())
      },
      { immediate: true },
    )
  })
}

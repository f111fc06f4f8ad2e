/** One act at a time of a form: busy while it runs, and what the server had against which field. */
import { reactive } from 'vue'

import { CallError } from '@/errors'

import { reason } from './toasts'

export interface Submit {
  busy: boolean
  /** What went wrong, where no field is to blame. */
  error: string
  /** The name of the field to blame, and why. */
  field: string
  why: string
  /** Runs `act` unless one still runs; true when it went well. */
  run: (act: () => Promise<unknown>) => Promise<boolean>
  errorOf: (field: string) => string | undefined
}

export function useSubmit(fields: readonly string[] = []): Submit {
  const state: Submit = reactive({
    busy: false,
    error: '',
    field: '',
    why: '',
    errorOf: (field: string) => (state.field === field ? state.why : undefined),
    async run(act: () => Promise<unknown>) {
      if (state.busy) return false
      Object.assign(state, { busy: true, error: '', field: '', why: '' })
      try {
        await act()
        return true
      } catch (error) {
        blame(error)
        return false
      } finally {
        state.busy = false
      }
    },
  })

  function blame(error: unknown) {
    const field = error instanceof CallError ? error.field : undefined
    if (field && fields.includes(field)) Object.assign(state, { field, why: reason(error) })
    else state.error = reason(error)
  }
  return state
}

/** The one dialog that may be open. Dialogs load when first asked for; `DialogHost` shows them. */
import type { Component } from 'vue'
import { shallowRef } from 'vue'

import type { dialogs } from './dialogList'
import { lazy } from './lazy'

type Name = keyof typeof dialogs

const loaded = new Map<Name, Component>()

function dialog(name: Name): Component {
  const load = async () => (await import('./dialogList')).dialogs[name]()
  const one = loaded.get(name) ?? lazy(load as () => Promise<{ default: Component }>)
  loaded.set(name, one)
  return one
}

interface Shown {
  is: Component
  props: object
  done: (result: unknown) => void
}

export const shown = shallowRef<Shown | null>(null)

/** Opens a dialog and resolves with what it emits as `done`, or undefined when it was just closed. */
export function open(name: Name, props: object = {}): Promise<unknown> {
  shown.value?.done(undefined)
  return new Promise((resolve) => {
    shown.value = {
      is: dialog(name),
      props,
      done: (result) => {
        shown.value = null
        resolve(result)
      },
    }
  })
}

export interface Question {
  title: string
  text?: string
  go: string
  danger?: boolean
}

/** Asks before something that cannot be undone. */
export async function ask(question: Question): Promise<boolean> {
  return (await open('ask', { question })) === true
}

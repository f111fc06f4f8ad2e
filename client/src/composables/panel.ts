/** The side panel. The address says which is open, as `?panel=thread:58`, so that Back closes it. */
import { computed } from 'vue'

import { push, route } from '@/router'

export type PanelName = 'files' | 'members' | 'pins' | 'profile' | 'thread'

/** What is open, and of what. */
export interface Panel {
  name: string
  id: number
}

export function usePanel() {
  const panel = computed<Panel | null>(() => {
    const [name, id] = String(route.query.panel ?? '').split(':')
    return name ? { name, id: Number(id ?? 0) } : null
  })

  function show(name: PanelName, id?: number) {
    void push({ path: route.path, query: { ...others(), panel: id ? `${name}:${id}` : name } })
  }

  function close() {
    void push({ path: route.path, query: others() })
  }

  /** What the address says beside the panel, and beside the place in it. */
  function others() {
    const { panel: _, at: __, ...query } = route.query
    return query
  }

  function toggle(name: PanelName) {
    if (panel.value?.name === name) close()
    else show(name)
  }
  return { panel, show, close, toggle }
}

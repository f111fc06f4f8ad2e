/**
 * A window in which nothing happens by itself: no server, one moment, nothing kept, nothing that takes the focus or the
 * top layer. It is to be imported before all else.
 */
import { NOW, answer } from './rows'

const Clock = Date

class FixedDate extends Clock {
  constructor(...parts: [] | [number | string | Date]) {
    super(...((parts.length ? parts : [NOW]) as [number]))
  }
  static override now = () => NOW
}
window.Date = FixedDate as DateConstructor

// What would come after seconds never comes.
const soon = window.setTimeout
window.setTimeout = ((act: TimerHandler, wait = 0) => (wait < 3_000 ? soon(act, wait) : 0)) as typeof setTimeout

const memory = new Map<string, string>()
const storage = {
  getItem: (key: string) => memory.get(key) ?? null,
  setItem: (key: string, value: string) => void memory.set(key, value),
  removeItem: (key: string) => void memory.delete(key),
  key: (at: number) => [...memory.keys()][at] ?? null,
  get length() {
    return memory.size
  },
}
Object.defineProperty(window, 'localStorage', { value: storage })
Object.defineProperty(window, 'indexedDB', { value: {} })

/** Answers from rows.ts; what that leaves open is never answered, and so is shown as loading. */
class Quiet extends EventTarget {
  static readonly OPEN = 1
  readyState = 1
  onopen?: () => void
  onmessage?: (event: { data: string }) => void
  constructor() {
    super()
    setTimeout(() => this.onopen?.())
  }
  send(text: string) {
    const { id, method, params } = JSON.parse(text)
    const given = answer(method, params)
    if (given) queueMicrotask(() => this.onmessage?.({ data: JSON.stringify({ jsonrpc: '2.0', id, ...given }) }))
  }
  close() {
    this.readyState = 3
  }
}
Object.assign(window, { WebSocket: Quiet })
window.fetch = async (_, init) => {
  const { id, method, params } = JSON.parse(String(init?.body ?? '{}'))
  return new Response(JSON.stringify({ jsonrpc: '2.0', id, ...answer(method, params) }))
}

HTMLElement.prototype.focus = () => undefined
Element.prototype.scrollIntoView = () => undefined
// In the page, so that many may be open.
HTMLDialogElement.prototype.showModal = function () {
  this.open = true
}
HTMLElement.prototype.showPopover = function () {
  this.removeAttribute('popover')
  this.dispatchEvent(new ToggleEvent('toggle', { newState: 'open' }))
}

const picture = (hue: number) =>
  `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1100"><rect width="100%" height="100%" fill="hsl(${hue} 40% 45%)"/><circle cx="800" cy="550" r="320" fill="hsl(${hue + 40} 50% 70%)"/></svg>`

/** Pictures are drawn here; each address has its own colour. */
const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src')
Object.defineProperty(HTMLImageElement.prototype, 'src', {
  ...source,
  set(this: HTMLImageElement, url: string) {
    const hue = [...url].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7)
    source?.set?.call(this, url.startsWith('/') ? picture(hue).replaceAll('#', '%23') : url)
  },
})
// All of them at once, near the view or not.
Object.defineProperty(HTMLImageElement.prototype, 'loading', { set: () => undefined, get: () => 'eager' })

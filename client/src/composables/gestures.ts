/** What fingers do beside tapping: a long press opens a message's menu, a swipe goes back; and what the keyboard leaves of the window. */
import { push, route } from '@/router'

import { phone } from './media'
import { usePanel } from './panel'

const LONG_MS = 500
const STILL_PX = 10
const SWIPE_PX = 80
/** Nearer to the edge a swipe is the browser's. */
const EDGE_PX = 24

const { panel, close } = usePanel()
let press: ReturnType<typeof setTimeout> | undefined
let from: Touch | undefined
/** Pressed for long; its menu opens when the finger goes, as the browser would close it again at that moment. */
let held: HTMLElement | undefined
let listening = false

export function listen() {
  if (listening) return
  listening = true
  addEventListener('touchstart', begun, { passive: true })
  addEventListener('touchmove', moved, { passive: false })
  addEventListener('touchend', ended, { passive: false })
  addEventListener('touchcancel', forget, { passive: true })
  // Where the browser takes a long press for its own menu, ours is already open.
  addEventListener('contextmenu', (event) => messageAt(event.target) && event.preventDefault())
  visualViewport?.addEventListener('resize', fit)
  fit()
}

/** Links, pictures and what one writes in have a long press of their own. */
function messageAt(target: EventTarget | null): HTMLElement | null {
  if (!(target instanceof Element) || target.closest('a, img, video, audio, textarea, input, .message-toolbar, .pop-menu')) return null
  return target.closest<HTMLElement>('.message')
}

function begun(event: TouchEvent) {
  forget()
  if (event.touches.length > 1) return
  from = event.touches[0]
  const message = messageAt(event.target)
  if (message) press = setTimeout(() => hold(message), LONG_MS)
}

function moved(event: TouchEvent) {
  const [x, y] = way(event)
  if (Math.hypot(x, y) > STILL_PX) stay()
  // The browser would go back in its history besides.
  if (event.cancelable && from && Math.abs(x) > Math.abs(y) && maySwipe(from)) event.preventDefault()
}

function ended(event: TouchEvent) {
  const [x, y] = way(event)
  if (held) {
    event.preventDefault()
    openMenu(held)
    return forget()
  }
  const onwards = x * (document.dir === 'rtl' ? -1 : 1)
  if (from && onwards > SWIPE_PX && Math.abs(y) < SWIPE_PX / 2 && maySwipe(from)) goBack()
  forget()
}

function stay() {
  clearTimeout(press)
  held = undefined
}

function forget() {
  stay()
  from = undefined
}

/** Its toolbar, in which the menu is, comes with the focus. */
function hold(message: HTMLElement) {
  held = message
  message.focus()
  navigator.vibrate?.(10)
}

function way(event: TouchEvent): [number, number] {
  const to = event.changedTouches[0]
  return from && to ? [to.clientX - from.clientX, to.clientY - from.clientY] : [0, 0]
}

/** Not where something is scrolled sideways, or written in, or stands in front. */
function maySwipe({ clientX, target }: Touch): boolean {
  if (!(target instanceof Element) || !phone.value || Math.min(clientX, innerWidth - clientX) < EDGE_PX) return false
  if (target.closest('dialog, [popover], textarea, input, audio, video')) return false
  for (let one: Element | null = target; one; one = one.parentElement) {
    if (one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX)) return false
  }
  return true
}

function goBack() {
  if (panel.value) close()
  else if (route.name !== 'list' && !route.open) void push('/rooms')
}

/** At the first time the toolbar has to be loaded. */
function openMenu(message: HTMLElement) {
  const menu = () => message.querySelector<HTMLElement>('.message-toolbar [aria-haspopup=menu]')
  if (menu()) return menu()?.click()
  const watch = new MutationObserver(() => {
    if (!menu()) return
    watch.disconnect()
    menu()?.click()
  })
  watch.observe(message, { childList: true, subtree: true })
}

/** Where the keyboard covers the page instead of making it smaller, the window is what can be seen of it. */
function fit() {
  const { height = innerHeight, scale = 1 } = visualViewport ?? {}
  const covered = scale === 1 && height < innerHeight - 1
  document.documentElement.style.setProperty('--window', covered ? `${height}px` : '')
  if (covered) scrollTo(0, 0)
}

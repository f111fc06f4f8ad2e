/**
 * Keeps what one reads where it is, whatever changes around it: the list, the size of something in it that came late, or
 * the space there is. The scroller is a `column-reverse` box: its scrollTop is 0 at the end and negative above it, so what
 * comes in at the top moves nothing by itself.
 */
import { onBeforeUnmount, onBeforeUpdate, onMounted, onUpdated, type Ref } from 'vue'

const AT_END = 4

interface Held {
  element: Element
  top: number
}

/**
 * `resized` is called in the frame after the list or the box has another size; `follows` says whether who is at the end
 * is to stay there, with what comes after it.
 */
export function usePlace(scroller: Ref<HTMLElement | undefined>, resized: () => void, follows: () => boolean) {
  /** What is in view, the first of it to be held before the others: an update may take some of it out of the page. */
  let held: Held[] = []
  /** The scrollTop at which it was. */
  let at = 0

  const isAtEnd = () => !scroller.value || scroller.value.scrollTop > -AT_END
  const fromEnd = () => -(scroller.value?.scrollTop ?? 0)
  const fromStart = () => {
    const box = scroller.value
    return box ? box.scrollHeight - box.clientHeight + box.scrollTop : 0
  }

  function toEnd() {
    if (scroller.value) scroller.value.scrollTop = 0
  }

  /** Brings the element to a quarter of the view from the top, and holds it there until one scrolls. */
  function bring(element: Element) {
    const box = scroller.value
    if (!box) return
    const view = box.getBoundingClientRect()
    box.scrollTop += topOf(element) - view.top - view.height / 4
    note({ element, top: topOf(element) })
  }

  /** At an end that one follows nothing is held: the box stays there by itself. */
  function note(first?: Held) {
    const box = scroller.value
    if (!box) return
    at = box.scrollTop
    const rest = isAtEnd() && follows() ? [] : inView(box).map((element) => ({ element, top: topOf(element) }))
    held = first && rest.length ? [first, ...rest] : rest
  }

  /** Whether one has, since. To be pushed back to the start, because there is less than before, is no scrolling. */
  function hasScrolled(): boolean {
    const box = scroller.value
    if (!box || box.scrollTop === at) return false
    const start = box.clientHeight - box.scrollHeight
    return at >= start - 1 || box.scrollTop > start + 1
  }

  function noteScroll() {
    if (hasScrolled()) note()
  }

  function hold() {
    const box = scroller.value
    // At the end there is nothing to do, and to ask where it stands has the browser lay it all out.
    if (!held.length && at > -AT_END) return
    // Scrolled since, and not heard of yet.
    if (!box || hasScrolled()) return note()
    const still = held.find(({ element }) => element.isConnected)
    if (still) box.scrollTop += topOf(still.element) - still.top
    note(still)
  }

  const sizes = new ResizeObserver(() => {
    hold()
    requestAnimationFrame(resized)
  })
  // What comes late changes the page without an update of the list, and is held before it is laid out for the screen.
  const changes = new MutationObserver(hold)
  onMounted(() => {
    const box = scroller.value
    if (!box) return
    box.addEventListener('scroll', noteScroll, { passive: true })
    changes.observe(box, { childList: true, subtree: true })
    for (const element of [box, ...box.children]) sizes.observe(element)
  })
  onBeforeUnmount(() => {
    sizes.disconnect()
    changes.disconnect()
  })
  onBeforeUpdate(noteScroll)
  onUpdated(hold)

  return { isAtEnd, fromEnd, fromStart, toEnd, bring }
}

const topOf = (element: Element) => element.getBoundingClientRect().top

/** The messages in view, those that begin in it first. They are in order, so half of those above it are ruled out at each look. */
function inView(box: HTMLElement): Element[] {
  const { top, bottom } = box.getBoundingClientRect()
  const all = [...box.getElementsByClassName('message')]
  let [from, to] = [0, all.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((all[middle]?.getBoundingClientRect().bottom ?? 0) > top) to = middle
    else from = middle + 1
  }
  const end = all.findIndex((one, i) => i >= from && topOf(one) >= bottom)
  const seen = all.slice(from, end < 0 ? undefined : end)
  const cut = seen.length > 1 && topOf(seen[0] as Element) < top
  return cut ? [...seen.slice(1), ...seen.slice(0, 1)] : seen
}

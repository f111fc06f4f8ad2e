/** What a message gets once its words stand there: frames for code and tables, covers for spoilers. Loaded with the first
 * message that needs it. */
import { h, render } from 'vue'

import Icon from '@/components/Icon.vue'
import { t } from '@/words'
import '@/words.writing'
import '@/styles/enriched.css'

import { copy } from './toasts'

export function enrich(body: Element) {
  body.querySelectorAll<HTMLElement>('pre:not(.code-frame > *)').forEach(frameCode)
  body.querySelectorAll<HTMLElement>('table:not(.table-frame > *)').forEach(frameTable)
  body.querySelectorAll<HTMLElement>('.spoiler:not([tabindex])').forEach(cover)
  body.querySelectorAll<HTMLImageElement>('img.emoji').forEach(named)
}

/** Of an emoji that was removed its name stays. */
function named(picture: HTMLImageElement) {
  const toName = () => picture.replaceWith(picture.alt)
  picture.title = picture.alt
  picture.addEventListener('error', toName, { once: true })
  if (picture.complete && !picture.naturalWidth) toName()
}

function frame(element: HTMLElement, name: string): HTMLElement {
  const around = document.createElement('div')
  around.className = name
  element.replaceWith(around)
  around.append(element)
  return around
}

/** What is scrolled must be reachable by keyboard; in a wider window it may need no scrolling. */
const sized = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (!target.isConnected) sized.unobserve(target)
    else if (target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight) target.setAttribute('tabindex', '0')
    else target.removeAttribute('tabindex')
  }
})

function frameCode(pre: HTMLElement) {
  sized.observe(pre)
  const code = pre.querySelector('code')
  if (!code) return
  const around = frame(pre, 'code-frame')
  const language = /language-(\S+)/.exec(code.className)?.[1]
  around.append(copyButton(code))
  if (!language) return
  around.dataset.language = language
  whenSeen(around, () => colourInTurn(code, language))
}

function copyButton(code: HTMLElement): HTMLElement {
  const button = document.createElement('button')
  Object.assign(button, { type: 'button', className: 'icon-button', title: t('copyCode') })
  button.setAttribute('aria-label', t('copyCode'))
  button.addEventListener('click', () => void copy(code.textContent))
  render(h(Icon, { name: 'copy', size: 16 }), button)
  return button
}

let turn: Promise<unknown> = Promise.resolve()

/** One after the other, so that a page full of code answers in between. */
function colourInTurn(code: HTMLElement, language: string) {
  turn = turn.then(() => colour(code, language)).then(() => new Promise((resolve) => setTimeout(resolve)))
}

async function colour(code: HTMLElement, language: string) {
  try {
    const { highlighted } = await import('./highlight')
    const drawn = await highlighted(code.textContent, language)
    if (drawn) code.replaceChildren(drawn)
  } catch {
    // Offline: then the code stays in one colour.
  }
}

/** What scrolls sideways does so in a box of its own. */
function frameTable(table: HTMLElement) {
  const around = frame(table, 'table-frame')
  around.setAttribute('role', 'group')
  around.setAttribute('aria-label', t('tableOf'))
  sized.observe(around)
}

function cover(spoiler: HTMLElement) {
  // What is covered is there for nobody: not to be seen, read out or found by Tab.
  const inside = document.createElement('span')
  inside.append(...spoiler.childNodes)
  spoiler.append(inside)
  spoiler.tabIndex = 0
  spoiler.setAttribute('role', 'button')
  spoiler.setAttribute('aria-label', t('spoilerShow'))
  const uncover = (event: Event) => {
    if (event instanceof KeyboardEvent && event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    event.stopPropagation()
    spoiler.classList.add('shown')
    for (const name of ['role', 'aria-label', 'tabindex']) spoiler.removeAttribute(name)
    for (const kind of ['click', 'keydown']) spoiler.removeEventListener(kind, uncover)
  }
  for (const kind of ['click', 'keydown']) spoiler.addEventListener(kind, uncover)
}

const waiting = new WeakMap<Element, () => void>()
const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue
      seen.unobserve(target)
      waiting.get(target)?.()
    }
  },
  { rootMargin: '200px' },
)

function whenSeen(element: Element, act: () => void) {
  waiting.set(element, act)
  seen.observe(element)
}

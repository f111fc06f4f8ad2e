/**
 * What the address shows. Pages are a table of patterns (routes.ts); a lazy one is loaded before it is shown, so that
 * nothing flickers. It knows nothing of what the pages are.
 */
import { type Component, shallowReactive } from 'vue'

import { Turns } from './turns'

type Lazy = () => Promise<{ default: Component }>

export interface Page {
  /** Matches the whole path; its named groups are the params. */
  path: RegExp
  name?: string
  /** The view itself, or what loads it. */
  view: Component | Lazy
  /** Anybody may see it; it stands alone, without the sidebar. */
  open?: boolean
}

/** Stands last: brings the pages to look among where none before it fits. */
export interface More {
  more: () => Promise<{ pages: Page[] }>
}

export type To = string | { path: string; query?: Query }
export type Query = Record<string, string>

export const route = shallowReactive({
  view: undefined as Component | undefined,
  name: '',
  open: false,
  path: '',
  /** Path, query and fragment. */
  full: '',
  params: {} as Record<string, string | undefined>,
  query: {} as Query,
  hash: '',
})

let pages: (Page | More)[] = []
let home: () => string
const turns = new Turns()

/** Shows the present address, and from then on what it becomes. `root` is where `/` leads. */
export function start(these: (Page | More)[], root: () => string): Promise<void> {
  pages = these
  home = root
  window.addEventListener('popstate', () => void show())
  return show()
}

export function push(to: To): Promise<void> {
  return go(to, href(to) === route.full ? 'replaceState' : 'pushState')
}

export function replace(to: To): Promise<void> {
  return go(to, 'replaceState')
}

export function href(to: To): string {
  if (typeof to === 'string') return to
  const query = new URLSearchParams(to.query).toString()
  return query ? `${to.path}?${query}` : to.path
}

async function go(to: To, how: 'pushState' | 'replaceState') {
  history[how](null, '', href(to))
  await show()
}

async function show() {
  const counts = turns.next()
  if (location.pathname === '/') history.replaceState(null, '', home())
  const { pathname: path, search, hash } = location
  const [page, params] = await pageOf(path)
  const view = typeof page.view === 'function' ? (await load(page.view as Lazy)).default : page.view
  if (!counts()) return
  const query = Object.fromEntries(new URLSearchParams(search))
  const { name = '', open = false } = page
  Object.assign(route, { view, name, open, path, params, query, hash, full: path + search + hash })
}

async function pageOf(path: string): Promise<[Page, Record<string, string | undefined>]> {
  for (const page of pages) {
    if ('more' in page) {
      pages = [...pages.filter((one) => one !== page), ...(await load(page.more)).pages]
      return pageOf(path)
    }
    const groups = page.path.exec(path)
    if (!groups) continue
    const params = Object.entries(groups.groups ?? {}).map(([key, value]) => [key, value && decoded(value)])
    return [page, Object.fromEntries(params)]
  }
  throw new Error(`No page for ${path}`)
}

/** A part of an address that somebody wrote by hand need not be well formed. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** What cannot be loaded was replaced by a newer version of the client, or the server is away: the browser finds out. */
async function load<T>(lazy: () => Promise<T>): Promise<T> {
  try {
    return await lazy()
  } catch (error) {
    // Once: what fails right after a reload would fail for ever.
    if (route.view && navigator.onLine) location.reload()
    throw error
  }
}

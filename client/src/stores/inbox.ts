/**
 * The inbox, as far as it was read. Lazy: it registers itself with sync.ts. Every act throws a CallError.
 *
 * For components:
 *   show(kind?, undone)    shows one kind, or all; only what is undone, or what is done too
 *   notices                computed: what is shown, the newest first
 *   box (reactive)         more, loading, known, error; next() reads on, again() reads afresh
 *   about                  Map of id to Message: what notices are about, as it now is; reactive
 *   mark(notice, on), markAll()
 */
import { computed, shallowReactive } from 'vue'

import type { CallError } from '../errors'
import { call } from '../socket'
import { attach } from '../sync'
import { Turns } from '../turns'
import type { Change, Message, Notice } from '../wire'
import { putCounts } from './own'

export type NoticeKind = Notice['kind']

const PAGE = 30
const REMEMBERED = 100

export const about = shallowReactive(new Map<number, Message>())

/** Every notice that is known, tombstones too: a page that was read before must not bring one back. */
const rows = shallowReactive(new Map<number, Notice>())
/** What was said lately: of a new notice, the message may have come before. */
const recent = new Map<number, Message>()

export const box = shallowReactive({
  kind: undefined as NoticeKind | undefined,
  undone: true,
  /** It is whole down to this notice. */
  from: Infinity,
  more: false,
  loading: false,
  known: false,
  error: null as CallError | null,
})

const turns = new Turns()

export const notices = computed(() =>
  [...rows.values()]
    .filter((row) => row.id >= box.from && !row.deleted && (!box.kind || row.kind === box.kind) && !(box.undone && row.done))
    .sort((a, b) => b.id - a.id),
)

/** Shows one kind, or all; what is done too, or not. */
export function show(kind: NoticeKind | undefined, undone: boolean) {
  Object.assign(box, { kind, undone, from: Infinity, more: false, known: false })
  void read()
}

export const again = () => read()
export const next = () => read(box.from)

async function read(before?: number) {
  const counts = turns.next()
  Object.assign(box, { loading: true, error: null })
  try {
    const { kind, undone } = box
    const page = await call('inbox.page', { limit: PAGE, undone, before, ...(kind && { kind }) })
    if (!counts()) return
    page.notices.forEach(put)
    page.messages.forEach(putMessage)
    const from = page.more ? (page.notices.at(-1)?.id ?? 0) : 0
    // Read again from its beginning, it stays as long as it was.
    if (from < box.from) Object.assign(box, { from, more: page.more })
    box.known = true
  } catch (error) {
    if (counts()) box.error = error as CallError
  } finally {
    if (counts()) box.loading = false
  }
}

export async function mark(notice: number, on: boolean) {
  put(await call('inbox.mark', { notice, on }))
}

export async function markAll() {
  putCounts(await call('inbox.mark_all', {}))
}

function put(row: Notice) {
  if ((rows.get(row.id)?.rev ?? -1) > (row.rev ?? 0)) return
  rows.set(row.id, row)
  const message = recent.get(row.message ?? 0)
  if (message) putMessage(message)
}

function putMessage(row: Message) {
  if ((about.get(row.id)?.rev ?? -1) <= (row.rev ?? 0)) about.set(row.id, row)
}

function apply(change: Change) {
  for (const row of change.messages ?? []) {
    recent.delete(row.id)
    recent.set(row.id, row)
    if (about.has(row.id)) putMessage(row)
  }
  for (const old of recent.keys()) if (recent.size > REMEMBERED) recent.delete(old)
  change.notices?.forEach(put)
  const unknown = change.notices?.some(({ message, deleted }) => message && !deleted && !about.has(message))
  if (unknown && box.known) void read()
}

/** What was missed may be anything; resume() reads afresh. */
function dropOwn() {
  rows.clear()
  Object.assign(box, { from: Infinity, more: false, known: false })
}

function clear() {
  dropOwn()
  about.clear()
  recent.clear()
}

/** In step again. */
function resume() {
  if (!box.known || box.error) void read()
}

attach({ apply, dropOwn, clear, resume })

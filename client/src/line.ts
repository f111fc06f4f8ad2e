/**
 * A list of messages that one reads, as far as it is known: it opens at a place, grows by pages at its ends, and follows
 * what is said. A room has one, and each thread. It knows neither where its pages come from nor what shows it.
 */
import { shallowReactive } from 'vue'

import type { CallError } from './errors'
import { type Span, join, keepFirst, keepLast, put } from './span'
import { Turns } from './turns'
import type { Message } from './wire'

/** What a list shows; see messages.ts. */
export interface Timeline {
  readonly room: number
  messages: Message[]
  older: boolean
  newer: boolean
  loading: '' | 'opening' | 'older' | 'newer'
  error: CallError | null
  newAfter: number | null
  goal: number | null
  atEnd: boolean
}

/** Where a page begins or ends. */
export type Where = { before: number } | { after: number } | { around: number } | Record<string, never>

/** Where a list comes from. */
export interface Source {
  page(where: Where): Promise<Span>
  /** Its end, as far as this browser keeps it. */
  kept(): Promise<Span | undefined>
  keep(span: Span): void
}

export const PAGE = 50
const CONTEXT = 25

export class Line {
  readonly shown: Timeline
  /** Undefined while nothing is known. */
  private span: Span | undefined
  /** One each time the window starts anew: what was asked for before counts no more. */
  private readonly turns = new Turns()
  /** For each reading under way, what changed since it began: its answer may be older than that. */
  private readonly late = new Set<Message[]>()

  constructor(
    room: number,
    private readonly source: Source,
  ) {
    this.shown = shallowReactive({
      ...{ room, messages: [], older: false, newer: false, loading: '', error: null, newAfter: null, goal: null, atEnd: false },
    })
  }

  /** It is shown from now on: at this seq, else at the first that is new, else at the live end. */
  open(newAfter: number | null, seq?: number) {
    Object.assign(this.shown, { newAfter, atEnd: false })
    void this.go(seq ?? this.firstNew())
  }

  seek(seq: number) {
    return this.go(seq)
  }

  arrived() {
    this.shown.goal = null
  }

  atEnd(on: boolean) {
    this.shown.atEnd = on
  }

  async toLatest() {
    this.shown.goal = null
    if (this.span?.to !== Infinity) await this.load(null)
  }

  reopen() {
    void this.go(this.shown.goal ?? this.firstNew())
  }

  loadOlder() {
    return this.extend('older')
  }

  loadNewer() {
    return this.extend('newer')
  }

  /** Shows a message that an answer brought; the change about it may come before or after. */
  told(message: Message) {
    if (this.span) this.show(put(this.span, [message]))
  }

  /** Rows of this list, as they now are. */
  apply(rows: Message[]) {
    for (const late of this.late) late.push(...rows)
    if (!this.span) return
    const span = put(this.span, rows)
    // Whoever reads further up must not lose what they look at.
    this.show(this.shown.atEnd ? keepLast(span) : keepFirst(span))
  }

  /** Nothing is known any more. */
  empty() {
    this.turns.next()
    this.span = undefined
    Object.assign(this.shown, { messages: [], older: false, newer: false, loading: '', error: null })
  }

  /** Looked at again: what came meanwhile is new; where nothing did, the line stays where it was. */
  lookAgain(newAfter: number | null) {
    this.shown.newAfter = newAfter ?? this.shown.newAfter
  }

  /** In step again: what could not be read is read. */
  resume(newAfter: number | null) {
    this.lookAgain(newAfter)
    if (this.shown.loading) return
    if (this.isShort()) this.reopen()
    else this.shown.error = null
  }

  /** Whether opening it was cut off. */
  private isShort(): boolean {
    const { shown, span } = this
    return !span || shown.goal !== null || (shown.error !== null && span.list.length < PAGE)
  }

  /** The seq from which on nothing was read; null when all was. */
  private firstNew(): number | null {
    return this.shown.newAfter === null ? null : this.shown.newAfter + 1
  }

  /** Makes the window hold this place, or the live end. */
  private async go(seq: number | null) {
    this.shown.goal = seq
    const { span } = this
    const holds = span && (seq === null ? span.to === Infinity : span.from <= seq && seq <= span.to)
    if (!holds || this.shown.error) await this.load(seq)
  }

  /** Starts the window anew at a place, or at the end: with what is kept, and where that is not enough with a page. */
  private async load(at: number | null) {
    const counts = this.turns.next()
    Object.assign(this.shown, { loading: 'opening', error: null })
    await this.settle(counts, async () => {
      const kept = await this.reading(() => this.keptAt(at))
      if (!counts()) return
      if (kept) this.show(kept)
      if (kept && (at !== null || kept.from === 0 || kept.list.length >= PAGE)) return
      const page = await this.reading(() => this.source.page(at === null ? {} : { around: at }))
      if (counts()) this.keepAndShow(page)
    })
  }

  /** Makes the window longer on one side. */
  private async extend(side: 'older' | 'newer') {
    const { span } = this
    const edge = side === 'older' ? 'from' : 'to'
    const counts = this.turns.current()
    if (!span || this.shown.loading || !this.shown[side]) return
    Object.assign(this.shown, { loading: side, error: null })
    await this.settle(counts, async () => {
      const more = await this.reading(async () => {
        if (side === 'newer') return this.source.page({ after: span.to })
        return (await this.keptBefore(span)) ?? this.source.page({ before: span.from })
      })
      // Where the window has let go of that side meanwhile, the page does not touch it any more.
      if (!counts() || this.span?.[edge] !== span[edge]) return
      const long = join(this.span, more)
      // Who is back at the end loses nothing there.
      this.keepAndShow(side === 'newer' || this.shown.atEnd ? keepLast(long) : keepFirst(long))
    })
  }

  /** Ends a reading: its error is shown, unless another one has begun. */
  private async settle(counts: () => boolean, read: () => Promise<void>) {
    try {
      await read()
    } catch (error) {
      if (counts()) this.shown.error = error as CallError
    }
    if (counts()) this.shown.loading = ''
  }

  /** Reads while talk goes on, and puts what changed meanwhile on top. */
  private async reading<S extends Span | undefined>(read: () => Promise<S>): Promise<S> {
    const late: Message[] = []
    this.late.add(late)
    try {
      const span = await read()
      return (span && put(span, late)) as S
    } finally {
      this.late.delete(late)
    }
  }

  /** What is kept of the end; or from a little before a place on, when that is kept. */
  private async keptAt(at: number | null): Promise<Span | undefined> {
    const span = await this.source.kept()
    if (!span || at === null) return span && keepLast(span, 2 * PAGE)
    if (at < span.from) return undefined
    const after = span.list.filter((message) => message.seq >= at).length
    return keepFirst(keepLast(span, Math.max(after + CONTEXT, 2 * PAGE)))
  }

  /** The kept messages just before a window. */
  private async keptBefore({ from }: Span): Promise<Span | undefined> {
    const span = await this.source.kept()
    if (!span || span.from >= from) return undefined
    return keepLast({ ...span, to: from - 1, list: span.list.filter((message) => message.seq < from) }, PAGE)
  }

  private keepAndShow(span: Span) {
    this.source.keep(span)
    this.show(span)
  }

  private show(span: Span) {
    this.span = span
    Object.assign(this.shown, { messages: span.list, older: span.from > 0, newer: span.to < Infinity })
  }
}

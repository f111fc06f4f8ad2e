/**
 * What one will say later, and what one will be reminded of. Loaded with the first of them. Every act throws a CallError.
 *
 * For components:
 *   due.scheduled, due.reminders    the next first; reactive, whole once `due.known`
 *   read()                          asks for both, where that was not done yet
 *   schedule({room, body, due_at, thread?}), reschedule({id, body?, due_at?}), unschedule(id)
 *   remind({text, due_at, message?}), forgetReminder(id)
 */
import { shallowReactive } from 'vue'

import { complain, toast } from '@/composables/toasts'

import { push } from '../router'
import { type Params, call } from '../socket'
import { attach } from '../sync'
import { Turns } from '../turns'
import type { Change, Reminder, Scheduled } from '../wire'
import { t } from '../words'
import '../words.due'
import { later } from './later'

export const due = shallowReactive({ scheduled: [] as Scheduled[], reminders: [] as Reminder[], known: false })

const turns = new Turns()
attach({ clear, resume })

/** A change told of some of them: the first time all are read, as nobody kept those before. */
export function heard(change: Change) {
  change.reminders?.filter((row) => row.fired && !row.deleted).forEach(tellOf)
  if (change.scheduled?.some(hasFailed)) toast(t('scheduleFailed'), { label: t('scheduleShow'), act: () => void push('/later') }, 'error')
  if (due.known) take(change)
  else read().catch(() => undefined)
}

export async function read() {
  const counts = turns.next()
  const [said, told] = await Promise.all([call('scheduled.page', {}), call('reminders.page', {})])
  if (!counts()) return
  Object.assign(due, { scheduled: said.scheduled, reminders: told.reminders, known: true })
  count()
}

export const schedule = async (params: Params<'scheduled.create'>) => take({ scheduled: [await call('scheduled.create', params)] })
export const reschedule = async (params: Params<'scheduled.edit'>) => take({ scheduled: [await call('scheduled.edit', params)] })
export const unschedule = (id: number) => call('scheduled.cancel', { id })
export const remind = async (params: Params<'reminders.create'>) => take({ reminders: [await call('reminders.create', params)] })
export const forgetReminder = (id: number) => call('reminders.cancel', { id })

function take({ scheduled = [], reminders = [] }: Pick<Partial<Change>, 'scheduled' | 'reminders'>) {
  if (!due.known) return void read().catch(complain)
  due.scheduled = upserted(due.scheduled, scheduled)
  due.reminders = upserted(
    due.reminders,
    reminders.map((row) => ({ ...row, deleted: Boolean(row.deleted || row.fired) })),
  )
  count()
}

function upserted<T extends Scheduled | Reminder>(rows: T[], news: T[]): T[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  for (const row of news) {
    if ((byId.get(row.id)?.rev ?? 0) > (row.rev ?? 0)) continue
    if (row.deleted) byId.delete(row.id)
    else byId.set(row.id, row)
  }
  return [...byId.values()].sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at))
}

function count() {
  later.waiting = due.scheduled.length + due.reminders.length
}

/** It comes back to its author now, and not when it is changed afterwards. */
function hasFailed({ id, problem }: Scheduled) {
  return Boolean(problem) && due.scheduled.find((row) => row.id === id)?.problem !== problem
}

function tellOf({ text }: Reminder) {
  toast(text ? t('reminded', { text }) : t('remindedMessage'))
}

function resume() {
  if (due.known) read().catch(() => undefined)
}

function clear() {
  turns.next()
  Object.assign(due, { scheduled: [], reminders: [], known: false })
}

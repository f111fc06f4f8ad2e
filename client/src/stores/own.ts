/**
 * What is one's own on all devices, beside one's rooms; and the groups of the workspace.
 *
 * For components:
 *   own.inbox, own.threads    how much is undone in the inbox, and how many threads have something unread; reactive
 *   own.keywords              words that one wants to hear of
 *   blocked                   ids of those whose direct messages one does not take; reactive
 *   own.showsSeen             whether others see when one was last here
 *   own.showsText             whether notifications that are pushed hold what was said
 *   setPreferences({keywords?, shows_seen?, shows_text?})    throws a CallError
 *   groups                    Map of id to Group; reactive
 */
import { shallowReactive } from 'vue'

import { type Params, call } from '../socket'
import type { Change, Counts, Group, Preferences, Start } from '../wire'

export const own = shallowReactive({ inbox: 0, threads: 0, keywords: [] as string[], showsSeen: false, showsText: false })

export const blocked = shallowReactive(new Set<number>())

export const groups = shallowReactive(new Map<number, Group>())

/** Of one's counts and preferences, the rows come by changes and by answers, in any order. */
const revs = { counts: -1, preferences: -1 }

export function apply({ counts, preferences, groups: rows }: Change) {
  if (counts) putCounts(counts)
  if (preferences) putPreferences(preferences)
  rows?.forEach(putGroup)
}

/** All of it, whole. */
export function putAll({ counts, preferences, groups: rows }: Pick<Start, 'counts' | 'preferences' | 'groups'>) {
  putCounts(counts)
  putPreferences(preferences)
  groups.clear()
  rows.forEach(putGroup)
}

function putGroup(row: Group) {
  if ((groups.get(row.id)?.rev ?? -1) > (row.rev ?? 0)) return
  if (row.deleted) groups.delete(row.id)
  else groups.set(row.id, row)
}

export function putCounts({ inbox = 0, threads = 0, rev = 0 }: Counts) {
  if (rev < revs.counts) return
  revs.counts = rev
  Object.assign(own, { inbox, threads })
}

export function putPreferences({ keywords = [], blocked: users = [], shows_seen = false, shows_text = false, rev = 0 }: Preferences) {
  if (rev < revs.preferences) return
  revs.preferences = rev
  Object.assign(own, { keywords, showsSeen: shows_seen, showsText: shows_text })
  blocked.clear()
  for (const user of users) blocked.add(user)
}

export const setPreferences = async (params: Params<'preferences.set'>) => putPreferences(await call('preferences.set', params))

export function clear() {
  groups.clear()
  blocked.clear()
  Object.assign(revs, { counts: -1, preferences: -1 })
  Object.assign(own, { inbox: 0, threads: 0, keywords: [], showsSeen: false, showsText: false })
}

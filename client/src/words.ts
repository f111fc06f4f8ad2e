/**
 * Every word of the interface. `words` is what the first load shows; `words.later.ts` holds what the lazy pages say
 * and teaches it when one of them loads.
 */
import { computed } from 'vue'

import type { due } from './words.due'
import type { files } from './words.files'
import type { keys } from './words.keys'
import type { later } from './words.later'
import type { moderation } from './words.moderation'
import type { push } from './words.push'
import type { reacts } from './words.reacts'
import type { search } from './words.search'
import type { talk } from './words.talk'
import type { writing } from './words.writing'
import { type Entry, language, locale } from './language'

export type { Entry }

export type Word =
  | keyof typeof words
  | keyof typeof due
  | keyof typeof files
  | keyof typeof keys
  | keyof typeof later
  | keyof typeof moderation
  | keyof typeof push
  | keyof typeof reacts
  | keyof typeof search
  | keyof typeof talk
  | keyof typeof writing
export type Values = Record<string, string | number>

export const words = {
  // Everywhere
  cancel: 'Cancel',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied.',
  dismiss: 'Dismiss',
  edit: 'Edit',
  delete: 'Delete',
  more: 'More',
  retry: 'Try again',
  save: 'Save',
  back: 'Back',
  loading: 'Loading…',
  you: 'you',
  failed: 'That did not work. Try again.',
  somebody: 'Somebody',

  search: 'Search',
  searchHere: 'Search here',

  // Banner
  offline: 'Offline. What you write is sent when you are back.',
  signedOut: 'You are signed out.',
  banned: 'An administrator has closed your account here.',
  bannedText: 'Talk to them if you think that is a mistake.',
  signInAgain: 'Sign in again',

  // Sidebar
  inbox: 'Inbox',
  inboxCount: { one: '{count} not done', other: '{count} not done' },
  starred: 'Starred',
  mentioned: { one: '{count} mention', other: '{count} mentions' },
  mutedRoom: 'Muted',
  rooms: 'Rooms',
  savedTitle: 'Saved',
  emoji: 'Emoji',
  pins: 'Pinned messages',
  directs: 'Direct messages',
  people: 'People',
  browse: 'Browse rooms',
  createRoom: 'Create a room',
  newDirect: 'Message somebody',
  goTo: 'Go to…',
  keyCtrl: 'Ctrl',
  menu: 'Menu of {name}',
  settings: 'Your settings',
  setStatus: 'Set a status',
  quiet: 'Do not disturb',
  quietEnd: 'Be disturbed again',
  reports: 'Reports',
  later: 'Later',
  hasDraft: 'draft',
  workspaceSettings: 'Workspace settings',
  invite: 'Invite people',
  keys: 'Keyboard shortcuts',
  signOut: 'Sign out',
  signOutAsk: 'Sign out?',
  signOutUnsent: {
    one: '{count} message has not been sent yet and would be lost.',
    other: '{count} messages have not been sent yet and would be lost.',
  },
  sidebar: 'Rooms and people',
  unread: { one: '{count} unread message', other: '{count} unread messages' },
  unreadMany: 'More than {count} unread messages',
  privateRoom: 'Private room',
  online: 'Online',
  away: 'Away',
  offlinePerson: 'Offline',
  yourNotes: '{name} (you)',
  resizeSidebar: 'Width of the sidebar',
  resizePanel: 'Width of the side panel',
  resizeHint: 'Drag, or double-click for the next width',

  // Room
  members: { one: '{count} member', other: '{count} members' },
  showMembers: 'Members',
  isReadOnly: 'Only moderators write here.',
  isBlocked: 'You block {name}: no messages pass between you.',
  isArchived: 'This room is archived. Its messages stay; nobody can write here.',
  notFound: 'There is nothing here',
  notFoundText: 'It does not exist, or you may not see it.',
  toLobby: 'Go to the lobby',
  openRooms: 'Rooms',

  // Timeline
  messages: 'Messages in {name}',
  newLine: 'New',
  jumpLatest: 'Jump to the latest',
  jumpDate: 'Jump to a date',
  newMessages: { one: '{count} new message', other: '{count} new messages' },
  edited: 'edited',
  editedAt: 'Edited {at}',
  sending: 'Sending…',
  notSent: 'Not sent.',
  waiting: 'Waiting for the connection',
  loadFailed: 'The messages could not be loaded.',
  beginning: 'This is where {name} begins.',
  beginningDirect: 'This is where your talk with {name} begins.',
  beginningNotes: 'Notes to yourself: only you see them.',
  said: '{name}: {text}',
  guestTag: 'Guest',
  botTag: 'Bot',

  // Composer
  writeTo: 'Write to {name}',
  send: 'Send',
  left: { one: '{count} character left', other: '{count} characters left' },
  tooLong: { one: '{count} character too long', other: '{count} characters too long' },
  typing: { one: '{names} is writing…', other: '{names} are writing…' },
  typingMany: 'Several people are writing…',
  editing: 'Edit message',
  suggestions: 'Suggestions',

  // Connection
  connecting: 'Connecting…',
  unreachable: 'The server cannot be reached.',
  unreachableText: 'It is tried again by itself. Look whether you are online.',
  cutLost: 'The connection was lost.',
  cutOffline: 'You are offline.',
  cutUnreachable: 'The server could not be reached.',
  cutSlow: 'The server took too long to answer.',
  restored: 'The server was restored from a copy. Look at the room before you send this again.',
} as const satisfies Record<string, Entry>

const numbers = computed(() => new Intl.NumberFormat(locale.value))
const plurals = computed(() => new Intl.PluralRules(locale.value))
const lists = computed(() => new Intl.ListFormat(locale.value, { type: 'conjunction' }))

const known: Record<string, Entry> = { ...words }

/** What a word is in English; undefined where no part that knows it was loaded. */
export function english(word: string): Entry | undefined {
  return known[word]
}

/** Adds the words of a lazy part to those that `t` knows. */
export function teach(more: Record<string, Entry>) {
  Object.assign(known, more)
}

/**
 * The words for `word` in the present language, its `{blanks}` filled from `values`; `values.count` chooses the plural.
 * Where it is rendered or computed it follows the language.
 */
export function t(word: Word, values: Values = {}): string {
  const entry = language.value.words[word] ?? known[word] ?? word
  const count = typeof values.count === 'number' ? values.count : 1
  const form = typeof entry === 'string' ? entry : (entry[plurals.value.select(count)] ?? entry.other ?? '')
  return form.replace(/\{(\w+)\}/g, (blank, name: string) => {
    const value = values[name]
    if (value === undefined) return blank
    if (typeof value === 'number') return numbers.value.format(value)
    // What people are called is mostly written from left to right: it must not take the signs around it along.
    return language.value.dir === 'rtl' ? `\u2068${value}\u2069` : value
  })
}

/** "Ann, Bo and Cy". */
export function list(names: string[]): string {
  return lists.value.format(names)
}

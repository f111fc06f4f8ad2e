/**
 * Every key there is, in one table: what listens asks it, `?` lists it, and menus show it beside what it does.
 * `Mod` is Ctrl, and Cmd on a Mac. Several ways to the same are parted by spaces.
 */
import { computed } from 'vue'

import type { Word } from '@/words'
import '@/words.keys'
import { t } from '@/words'

import { enter } from './enter'
import { remembered } from './remembered'

type Keys = Record<string, [combinations: string, says: Word]>

/** Work wherever one is. */
export const everywhere = {
  switcher: ['Mod+K', 'keySwitcher'],
  search: ['Mod+F', 'keySearch'],
  roomUp: ['Alt+ArrowUp', 'keyRoomUp'],
  roomDown: ['Alt+ArrowDown', 'keyRoomDown'],
  unreadUp: ['Alt+Shift+ArrowUp', 'keyUnreadUp'],
  unreadDown: ['Alt+Shift+ArrowDown', 'keyUnreadDown'],
  pane: ['F6 Mod+F6', 'keyPane'],
  paneBack: ['Shift+F6 Mod+Shift+F6', 'keyPaneBack'],
  back: ['Escape', 'keyBack'],
  help: ['? Mod+/', 'keyHelp'],
} as const satisfies Keys

/** Work in a list of messages or rooms. */
export const lists = {
  before: ['ArrowUp', 'keyBefore'],
  after: ['ArrowDown', 'keyAfter'],
  first: ['Home', 'keyFirst'],
  last: ['End', 'keyLast'],
} as const satisfies Keys

/** Work on the message that has the focus. */
export const onMessage = {
  react: ['R', 'keyReact'],
  answer: ['T', 'keyAnswer'],
  edit: ['E', 'keyEdit'],
  save: ['S', 'keySave'],
  pin: ['P', 'keyPin'],
  unread: ['U', 'keyUnread'],
  forward: ['F', 'keyForward'],
  remind: ['H', 'keyRemind'],
  copyText: ['C', 'keyCopyText'],
  copyLink: ['L', 'keyCopyLink'],
  report: ['!', 'keyReport'],
  remove: ['Delete Backspace', 'keyRemove'],
  menu: ['M', 'keyMenu'],
  actions: ['Tab', 'keyActions'],
} as const satisfies Keys

/** Work where one writes; WritingArea.vue, which comes with the first load, knows them by itself. */
export const writing = {
  send: ['Enter', 'keySend'],
  break: ['Shift+Enter', 'keyBreak'],
  editLast: ['ArrowUp', 'keyEditLast'],
  person: ['@', 'keyMention'],
  emoji: [':', 'keyEmoji'],
  command: ['/', 'keyCommand'],
  bold: ['Mod+B', 'keyBold'],
  italic: ['Mod+I', 'keyItalic'],
  link: ['Mod+K', 'keyLink'],
  preview: ['Mod+Shift+P', 'keyPreview'],
} as const satisfies Keys

/** Where one would rather have Enter break the line. */
const swapped = {
  send: ['Shift+Enter Mod+Enter', 'keySend'],
  break: ['Enter', 'keyBreak'],
} as const satisfies Keys

export const groups = computed<[Word, Keys][]>(() => [
  ['keysMoving', everywhere],
  ['keysReading', lists],
  ['keysMessage', onMessage],
  ['keysWriting', enter.value === 'sends' ? writing : { ...writing, ...swapped }],
])

/** Whether keys that are one character do anything: a voice that dictates presses them by accident. */
export const singleKeys = remembered<'on' | 'off'>('keys', 'on')

const apple = typeof navigator !== 'undefined' && /Mac|iP/.test(navigator.platform)

/** The name of the key that was pressed, of these. */
export function keyOf<K extends string>(event: KeyboardEvent, keys: Record<K, Keys[string]>): K | undefined {
  const names = Object.keys(keys) as K[]
  return names.find((name) => keys[name][0].split(' ').some((combination) => matches(event, combination)))
}

function matches(event: KeyboardEvent, combination: string): boolean {
  const parts = combination.split('+')
  const key = parts.at(-1) ?? ''
  const has = (modifier: string) => parts.includes(modifier)
  const [mod, other] = apple ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey]
  if (event.key.toLowerCase() !== key.toLowerCase() || mod !== has('Mod') || other) return false
  // Where a sign is on a keyboard, and what else one holds to get it, is the keyboard's.
  if (/^[^a-z]$/i.test(key)) return true
  return event.altKey === has('Alt') && event.shiftKey === has('Shift') && (!isSingle(event) || singleKeys.value === 'on')
}

/** A character, which is written where one writes. */
export function isSingle(event: KeyboardEvent): boolean {
  return event.key.length === 1 && !event.ctrlKey && !event.metaKey
}

export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

const SIGNS: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓' }

/** The keys to press, one by one, as they are written on them; each way for itself. */
export function shownKeys(combinations: string): string[][] {
  const names: Record<string, string> = {
    ...SIGNS,
    Mod: apple ? '⌘' : t('keyCtrl'),
    Alt: apple ? '⌥' : t('keyAlt'),
    Shift: t('keyShift'),
    Enter: t('keyEnter'),
    Escape: t('keyEsc'),
    Home: t('keyHome'),
    End: t('keyEnd'),
    Delete: t('keyDelete'),
    Backspace: '⌫',
  }
  return combinations.split(' ').map((one) => one.split('+').map((part) => names[part] ?? part))
}

/** Beside the item of a menu. */
export function hint(name: keyof typeof onMessage): string {
  return singleKeys.value === 'on' ? (shownKeys(onMessage[name][0])[0] ?? []).join(' ') : ''
}

/** The commands that begin with "/". Others may be added to the list: each does something with the words that follow it. */
import { newNonce } from '@/outbox'
import { setStatus } from '@/stores/account'
import { remind } from '@/stores/due'
import { addMembers } from '@/stores/members'
import { ask } from '@/stores/polls'
import { tellState } from '@/stores/presence'
import { editRoom } from '@/stores/rooms'
import { users } from '@/stores/users'
import { moment } from '@/time'
import { parseWhen } from '@/when'
import { type Word, list, t } from '@/words'
import '@/words.due'
import '@/words.writing'

import type { Completion } from './completion'
import { open } from './dialogs'
import { ends } from './ends'
import type { Place } from './send'
import { toast } from './toasts'

export interface Command {
  name: string
  /** An example, and what it is for. */
  usage: Word
  help: Word
  /** Whether it needs words after it. */
  needs?: boolean
  run: (words: string, place: Place) => unknown
}

// With its marks escaped, as "_" makes words italic.
const SHRUG = '¯\\\\\\_(ツ)\\_/¯'

export const commands: Command[] = [
  { name: 'me', usage: 'useMe', help: 'cmdMe', needs: true, run: (words, place) => place.say(words, { kind: 'me' }) },
  { name: 'shrug', usage: 'useShrug', help: 'cmdShrug', run: (words, place) => place.say(`${words} ${SHRUG}`.trim(), {}) },
  { name: 'invite', usage: 'useInvite', help: 'cmdInvite', needs: true, run: invite },
  { name: 'topic', usage: 'useTopic', help: 'cmdTopic', run: topic },
  { name: 'away', usage: 'useAway', help: 'cmdAway', run: away },
  { name: 'remind', usage: 'useRemind', help: 'cmdRemind', run: reminder },
  { name: 'status', usage: 'useStatus', help: 'cmdStatus', run: status },
  { name: 'poll', usage: 'usePoll', help: 'cmdPoll', run: poll },
  { name: 'help', usage: 'useHelp', help: 'cmdHelp', run: () => void open('commands') },
]

/** Does what the words command, or says them where they are no command. False when nothing was done. */
export async function obey(body: string, place: Place): Promise<boolean> {
  const [, name, words = ''] = /^\/([a-z]+)(?:\s+([^]*))?$/i.exec(body) ?? []
  // "//help" says "/help"; "/etc/hosts" is no command.
  if (!name) {
    place.say(body.startsWith('//') ? body.slice(1) : body, {})
    return true
  }
  const command = commands.find((one) => one.name === name.toLowerCase())
  const problem = !command ? t('noCommand', { name }) : command.needs && !words ? t('needsWords', { usage: t(command.usage) }) : ''
  if (problem) toast(problem, undefined, 'error')
  else await command?.run(words, place)
  return !problem
}

/** While the name of a command is typed, and nothing else is there. */
export function commandsFor(before: string): Completion | null {
  const typed = /^\/([a-z]*)$/i.exec(before)?.[1]?.toLowerCase()
  if (typed === undefined) return null
  // Once it is typed whole, Enter is to send it.
  const fits = commands.filter(({ name }) => name.startsWith(typed) && name !== typed)
  return {
    start: 0,
    choices: fits.map(({ name, usage, help }) => ({ key: name, text: `/${name}`, name: t(usage), note: t(help) })),
  }
}

async function invite(words: string, { room }: Place) {
  const handles = [...words.matchAll(/@?([a-z0-9._-]+)/gi)].map(([, handle = '']) => handle.toLowerCase())
  const people = handles.map((handle) => [...users.values()].find((user) => !user.deleted && user.handle === handle))
  const unknown = people.findIndex((user) => !user)
  if (unknown >= 0) throw new Error(t('nobodyCalled', { name: `@${handles[unknown]}` }))
  const known = people.filter((user) => user !== undefined)
  await addMembers(room.id, known.map((user) => user.id))
  toast(t('invited', { name: list(known.map((user) => user.name)) }))
}

async function topic(words: string, { room }: Place) {
  await editRoom({ room: room.id, topic: words })
  toast(t('topicSet'))
}

/** Until one does something again; the keys and the pointer are still busy with the command for a moment. */
function away() {
  tellState('away')
  toast(t('nowAway'))
  setTimeout(() => {
    const back = new AbortController()
    for (const kind of ['keydown', 'pointerdown']) {
      window.addEventListener(kind, () => (back.abort(), tellState('online')), { signal: back.signal })
    }
  }, 1_000)
}

/** What, and then when; by a dialog where no time is told. */
async function reminder(words: string) {
  const { text, at } = split(words.replace(/^me( to)? /i, ''))
  if (!at || !text) return void open('remind', { text: words })
  await remind({ text, due_at: at.toISOString() })
  toast(t('reminderSet', { at: moment(at) }))
}

/** "Tea in 20 minutes": the longest end that tells a time. */
function split(words: string): { text: string; at?: Date } {
  const parts = words.split(/\s+/)
  for (let place = Math.max(1, parts.length - 8); place < parts.length; place++) {
    const at = parseWhen(parts.slice(place).join(' '))
    if (at) return { text: parts.slice(0, place).join(' '), at }
  }
  return { text: words }
}

/** An emoji and words, either of them; by a dialog where there are none. */
async function status(words: string) {
  if (!words) return void open('status')
  const [, emoji = '', text = ''] = /^(\p{Extended_Pictographic}\S*|\p{Regional_Indicator}{2})?\s*([^]*)$/u.exec(words) ?? []
  await setStatus({ emoji, text, ends_at: ends.untilTonight()?.toISOString() ?? null })
}

/** With its words, or with none by a dialog. */
async function poll(words: string, { room }: Place) {
  const [question, ...options] = [...words.matchAll(/"([^"]+)"|“([^”]+)”/g)].map((found) => found[1] ?? found[2] ?? '')
  if (question && options.length >= 2) await ask({ room: room.id, question, options }, newNonce())
  else void open('poll', { room: room.id, question: question ?? words, options })
}

/** What completes itself as one writes in a room; loaded with the first letter that may begin something. */
import { roster } from '@/stores/members'
import { groups } from '@/stores/own'
import { session } from '@/stores/session'
import { users } from '@/stores/users'
import type { Room } from '@/wire'
import { t } from '@/words'
import '@/words.talk'

import { mayCall } from './calling'
import { commandsFor } from './commands'
import { type Choice, type Completion, fitting, mentionAt } from './completion'

export { completed } from './completion'

/** Looks at the text up to the caret. */
export type Completer = (before: string, room: Room | undefined) => Completion | null | Promise<Completion | null>

const MOST = 8

const completers: Completer[] = [commandsFor, mentions, emojiNames]

export async function complete(before: string, room: Room | undefined): Promise<Completion | null> {
  for (const completer of completers) {
    const found = await completer(before, room)
    if (found?.choices.length) return found
  }
  return null
}

/** From the second letter on, so that a colon and a word are just that. The names load with the first of them. */
async function emojiNames(before: string): Promise<Completion | null> {
  const query = /(?:^|[\s([{"'*_~>]):([a-z0-9_+-]{2,32})$/i.exec(before)?.[1]
  if (!query) return null
  const { choices } = await import('./emojiChoices')
  return { start: before.length - query.length - 1, choices: await choices(query, MOST) }
}

/** People of the room first, then whoever can be called together, then all others. */
function mentions(before: string, room: Room | undefined): Completion | null {
  const query = mentionAt(before, before.length)
  if (!query) return null
  const inside = membersOf(room)
  const people = [...users.values()].filter((user) => !user.banned)
  const choices = fitting(people, query.text, ({ id }) => inside.has(id), MOST).map((user): Choice => {
    return { key: `u${user.id}`, text: `@${user.handle}`, name: user.name, note: `@${user.handle}`, user }
  })
  const near = choices.filter(({ user }) => user && inside.has(user.id))
  const many = room && room.kind !== 'direct' ? fitting(together(room), query.text).map(choiceOf) : []
  return { start: query.start, choices: [...near, ...many, ...choices.slice(near.length)].slice(0, MOST) }
}

interface Together {
  handle: string
  name: string
}

function together(room: Room): Together[] {
  const all = [
    { handle: 'here', name: t('callHere') },
    { handle: 'room', name: t('callRoom') },
  ]
  return [...groups.values(), ...all.filter(({ handle }) => mayCall(handle, room))]
}

function choiceOf({ handle, name }: Together): Choice {
  return { key: `@${handle}`, text: `@${handle}`, name: `@${handle}`, note: name, icon: 'people' }
}

function membersOf(room: Room | undefined): Set<number> {
  if (!room) return new Set()
  const ids = room.kind === 'direct' ? (room.users ?? []) : roster(room.id).members.map((member) => member.user)
  return new Set(ids.filter((id) => id !== session.user))
}

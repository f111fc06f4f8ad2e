import { beforeEach, expect, it } from 'vitest'

import { fit } from '@/composables/fuzzy'
import { places } from '@/composables/places'
import { remember } from '@/composables/remembered'
import { route } from '@/router'
import { mine, rooms } from '@/stores/rooms'
import { session } from '@/stores/session'
import { users } from '@/stores/users'
import type { Room, User } from '@/wire'

const ROOMS = ['Lobby', 'Garden', 'Garden Plans', 'Big Gathering', 'Release 2', 'Marketing', 'Büro', 'Ops-Incidents']
const PEOPLE = [['gloria', 'Gloria Pereira'], ['zoe', 'Zoë Abel'], ['mkt', 'Kim Zander']] as const

function become(role: User['role']) {
  users.set(1, { id: 1, handle: 'me', name: 'Myself', kind: 'person', role })
}

beforeEach(() => {
  localStorage.clear()
  for (const store of [rooms, mine, users]) store.clear()
  session.user = 1
  become('member')
  ROOMS.forEach((name, at) => {
    const id = at + 10
    rooms.set(id, { id, slug: name.toLowerCase().replace(/\W+/g, '-'), name, kind: 'public' } as Room)
    if (name !== 'Big Gathering') mine.set(id, { room: id, role: 'member', unread: 0 } as never)
  })
  PEOPLE.forEach(([handle, name], at) => users.set(at + 30, { id: at + 30, handle, name, kind: 'person', role: 'member' } as User))
  route.params = { slug: 'lobby' }
})

const found = (query: string) => places(query, 1).map(({ name }) => name)

/** What is typed, and what stands first, in this order. */
const QUERIES: [typed: string, ...first: string[]][] = [
  ['garden', 'Garden', 'Garden Plans'],
  ['gar pl', 'Garden Plans'],
  ['gp', 'Garden Plans', 'Gloria Pereira'],
  ['plans', 'Garden Plans'],
  ['ga', 'Garden', 'Garden Plans', 'Big Gathering'],
  ['gathering', 'Big Gathering'],
  ['grdn', 'Garden', 'Garden Plans'],
  ['gardne', 'Garden', 'Garden Plans'],
  ['marktng', 'Marketing'],
  ['incidnets', 'Ops-Incidents'],
  ['mkt', 'Kim Zander', 'Marketing'],
  ['@zoe', 'Zoë Abel'],
  ['#buro', 'Büro'],
  ['rel', 'Release 2'],
  ['r2', 'Release 2'],
  ['sett', 'Your settings'],
  ['dark', 'Dark theme'],
  ['drak theme', 'Dark theme'],
  ['invite', 'Invite people'],
  ['later', 'Later'],
  ['sign out', 'Sign out'],
]

it.each(QUERIES)('finds for “%s” what was meant, first', (typed, ...first) => {
  expect(found(typed).slice(0, first.length)).toEqual(first)
})

it.each(['xq', 'gardenia party', 'zzzz', 'lobbyist'])('finds nothing for “%s”', (typed) => {
  expect(found(typed)).toEqual([])
})

it('begins with where one was last, without where one is, and then what is unread', () => {
  remember('room.recent', '10 14 12')
  mine.set(16, { room: 16, role: 'member', unread: 3 } as never)
  expect(found('').slice(0, 4)).toEqual(['Release 2', 'Garden Plans', 'Büro', 'Garden'])
})

it('puts of two that fit alike the one where one was last first', () => {
  remember('room.recent', '12')
  expect(found('ga').slice(0, 2)).toEqual(['Garden Plans', 'Garden'])
})

it('leads nobody where they may not go', () => {
  expect(found('workspace settings')).toEqual([])
  become('admin')
  expect(found('workspace settings')[0]).toBe('Workspace settings')
  become('guest')
  expect(found('invite people')).toEqual([])
})

it('says how well a name fits', () => {
  expect(fit('Garden', 'garden')).toBe(0)
  expect(fit('Garden', 'gxrden')).toBe(6)
  expect(fit('Garden', 'gxxden')).toBeNull()
  expect(fit('ab', 'ba')).toBeNull()
})

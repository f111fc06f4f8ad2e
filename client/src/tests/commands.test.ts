import { beforeEach, expect, it, vi } from 'vitest'

import { commands, commandsFor, obey } from '@/composables/commands'
import { shown } from '@/composables/dialogs'
import { send } from '@/composables/send'
import { toasts } from '@/composables/toasts'
import type { File, Room } from '@/wire'

const room = { id: 7, slug: 'lobby', name: 'Lobby', kind: 'public' } as Room

function place() {
  return { room, say: vi.fn(), keep: vi.fn() }
}

beforeEach(() => {
  toasts.value = []
  shown.value = null
})

it('says what is no command, and what begins with two slashes', async () => {
  const here = place()
  await send('hello', [], here)
  await send('//help me', [], here)
  await send('/etc/hosts is a file', [], here)
  await send('/ alone', [], here)
  expect(here.say.mock.calls.map(([body]) => body)).toEqual(['hello', '/help me', '/etc/hosts is a file', '/ alone'])
  expect(here.keep).not.toHaveBeenCalled()
})

it('says what comes with files, whatever it begins with', async () => {
  const here = place()
  const files = [{ id: 'a' } as File]
  await send('/me at the sea', files, here)
  expect(here.say).toHaveBeenCalledWith('/me at the sea', { files })
})

it('keeps the words of a command that there is not, and says so', async () => {
  const here = place()
  await send('/nonsense now', [], here)
  expect(here.say).not.toHaveBeenCalled()
  expect(here.keep).toHaveBeenCalledWith('/nonsense now')
  expect(toasts.value[0]?.text).toBe('There is no command /nonsense. Write //nonsense to say it.')
})

it('asks for the words that a command needs', async () => {
  const here = place()
  await send('/me', [], here)
  expect(here.keep).toHaveBeenCalledWith('/me')
  expect(toasts.value[0]?.text).toContain('/me waves')
})

it('says what one does', async () => {
  const here = place()
  await send('/me waves', [], here)
  expect(here.say).toHaveBeenCalledWith('waves', { kind: 'me' })
})

it('shrugs so that it is shown', async () => {
  const here = place()
  await send('/shrug well', [], here)
  expect(here.say).toHaveBeenCalledWith('well ¯\\\\\\_(ツ)\\_/¯', {})
})

it('keeps the words when nobody of that name is here', async () => {
  const here = place()
  await send('/invite @nobody', [], here)
  expect(here.keep).toHaveBeenCalledWith('/invite @nobody')
  expect(toasts.value[0]?.text).toBe('Nobody here is called @nobody.')
})

it('opens the dialog for a poll without answers, with the question in it', async () => {
  expect(await obey('/poll Where to?', place())).toBe(true)
  expect(shown.value?.props).toEqual({ room: 7, question: 'Where to?', options: [] })
})

it('completes a name at the beginning alone, each with its help', () => {
  expect(commandsFor('/')?.choices).toHaveLength(commands.length)
  expect(commandsFor('/sh')?.choices.map((one) => one.text)).toEqual(['/shrug'])
  expect(commandsFor('a /sh')).toBeNull()
  expect(commandsFor('/shrug x')).toBeNull()
})

import { mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'

import Composer from '@/components/Composer.vue'
import { remember } from '@/composables/remembered'
import * as socket from '@/socket'
import { connection } from '@/stores/connection'
import { clear, putAll, putDraft } from '@/stores/later'
import { session } from '@/stores/session'
import { put } from '@/stores/users'
import type { Draft, User } from '@/wire'

import { PATIENCE, lobby } from './world'

const people: User[] = [
  { id: 1, handle: 'anna', name: 'Anna Berg', kind: 'person', role: 'member' },
  { id: 2, handle: 'andre', name: 'André Roi', kind: 'person', role: 'member' },
]

beforeEach(() => {
  localStorage.clear()
  clear()
  people.forEach(put)
})

function composer(draftKey = 'draft.1.7') {
  const wrapper = mount(Composer, { props: { draftKey, label: 'Write to #lobby', room: lobby }, attachTo: document.body })
  return { wrapper, field: wrapper.find('textarea') }
}

it('sends on Enter what is left without the space around it, and is empty then', async () => {
  const { wrapper, field } = composer()
  await field.setValue('  hello\n')
  await field.trigger('keydown', { key: 'Enter' })
  expect(wrapper.emitted('send')).toEqual([['hello', []]])
  expect(field.element.value).toBe('')
})

it('sends neither nothing nor on Shift+Enter nor while a word is being composed', async () => {
  const { wrapper, field } = composer()
  await field.setValue('   ')
  await field.trigger('keydown', { key: 'Enter' })
  await field.setValue('日本')
  await field.trigger('keydown', { key: 'Enter', shiftKey: true })
  await field.trigger('keydown', { key: 'Enter', isComposing: true })
  // As Safari tells of the one that ends a composition.
  await field.trigger('keydown', { key: 'Enter', keyCode: 229 })
  expect(wrapper.emitted('send')).toBeUndefined()
})

it('asks for the last message on ArrowUp only when it is empty', async () => {
  const { wrapper, field } = composer()
  await field.setValue('x')
  await field.trigger('keydown', { key: 'ArrowUp' })
  expect(wrapper.emitted('recall')).toBeUndefined()
  await field.setValue('')
  await field.trigger('keydown', { key: 'ArrowUp' })
  expect(wrapper.emitted('recall')).toHaveLength(1)
})

it('tells in time how much may still be written, counts as the server does, and holds back what is too long', async () => {
  const { wrapper, field } = composer()
  await field.setValue('🎉'.repeat(7_400))
  expect(wrapper.find('.note').exists()).toBe(false)
  await field.setValue('🎉'.repeat(7_600))
  expect(wrapper.find('.note').text()).toBe('400 characters left')
  await field.setValue('x'.repeat(8_001))
  expect(wrapper.find('.note').text()).toBe('1 character too long')
  await field.trigger('keydown', { key: 'Enter' })
  expect(wrapper.emitted('send')).toBeUndefined()
})

it('keeps what is typed before all of it is loaded, and gives up what another device has taken further', async () => {
  putAll({ drafts: [], later: 0 })
  const { wrapper, field } = composer()
  await field.setValue('typed at once')
  await vi.waitFor(() => expect(wrapper.find('.send-later').exists()).toBe(true), PATIENCE)
  expect(field.element.value).toBe('typed at once')
  wrapper.unmount()
  putAll({ drafts: [{ room: 7, at: '2100-01-01T00:00:00Z', body: 'from the phone', rev: 2 }], later: 0 })
  const again = composer()
  await vi.waitFor(() => expect(again.field.element.value).toBe('from the phone'), PATIENCE)
})

it('keeps what was begun for each room by itself', async () => {
  const { wrapper, field } = composer('draft.1.7')
  await field.setValue('for seven')
  await wrapper.setProps({ draftKey: 'draft.1.8' })
  expect(field.element.value).toBe('')
  await field.setValue('for eight')
  wrapper.unmount()
  expect(composer('draft.1.7').field.element.value).toBe('for seven')
  expect(composer('draft.1.8').field.element.value).toBe('for eight')
})

it('completes a name by keyboard: Enter chooses and does not send', async () => {
  const { wrapper, field } = composer()
  await field.setValue('hi @an')
  field.element.setSelectionRange(6, 6)
  await field.trigger('input')
  await vi.dynamicImportSettled()
  expect(wrapper.findAll('[role=option]')).toHaveLength(2)
  expect(field.attributes('aria-activedescendant')).toBe(wrapper.findAll('[role=option]')[0]?.attributes('id'))
  await field.trigger('keydown', { key: 'ArrowDown' })
  await field.trigger('keydown', { key: 'Enter' })
  await vi.dynamicImportSettled()
  expect(wrapper.emitted('send')).toBeUndefined()
  expect(field.element.value).toBe('hi @anna ')
  expect(wrapper.find('[role=listbox]').exists()).toBe(false)
})

it('lets Esc close the suggestions and keep the words', async () => {
  const { wrapper, field } = composer()
  await field.setValue('@an')
  field.element.setSelectionRange(3, 3)
  await field.trigger('input')
  await vi.dynamicImportSettled()
  await field.trigger('keydown', { key: 'Escape' })
  expect(wrapper.find('[role=listbox]').exists()).toBe(false)
  expect(field.element.value).toBe('@an')
})

it('gives up what was said on another device, a moment after one has typed', async () => {
  putAll({ drafts: [], later: 0 })
  const { wrapper, field } = composer()
  await vi.waitFor(() => expect(wrapper.find('.send-later').exists()).toBe(true), PATIENCE)
  vi.useFakeTimers()
  const draft = { room: 7, at: new Date().toISOString(), body: 'about to', rev: 2 }
  await field.setValue('about to')
  putDraft(draft)
  remember('draft.1.7@', null)
  putDraft({ ...draft, deleted: true, rev: 3 })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(field.element.value).toBe('about to')
  await vi.advanceTimersByTimeAsync(2_500)
  expect(field.element.value).toBe('')
  vi.useRealTimers()
})

it('gives up what was sent in another tab, though the server has not said yet that it knows', async () => {
  remember('draft.1.7', 'hello')
  putAll({ drafts: [{ room: 7, at: '2026-01-01T00:00:00Z', body: 'hello', rev: 2 }], later: 0 })
  const { wrapper, field } = composer()
  await vi.waitFor(() => expect(wrapper.find('.send-later').exists()).toBe(true), PATIENCE)
  expect(field.element.value).toBe('hello')
  remember('draft.1.7', null)
  remember('draft.1.7@', String(Date.now()))
  putDraft({ room: 7, at: new Date().toISOString(), body: '', deleted: true, rev: 3 })
  await nextTick()
  expect(field.element.value).toBe('')
})

it('follows what is written in another tab, unless one writes here', async () => {
  const { wrapper, field } = composer()
  await vi.waitFor(() => expect(wrapper.find('.send-later').exists()).toBe(true), PATIENCE)
  const focus = vi.spyOn(document, 'hasFocus')
  for (const [here, body, seen] of [[false, 'hello', 'hello'], [false, null, ''], [true, 'and you?', '']] as const) {
    focus.mockReturnValue(here)
    remember('draft.1.7', body)
    window.dispatchEvent(new StorageEvent('storage', { key: 'chinwag.draft.1.7' }))
    await nextTick()
    expect(field.element.value).toBe(seen)
  }
})

it('keeps what is typed without a connection though the clock here is behind the server’s', async () => {
  const draft = { room: 7, at: new Date(Date.now() + 120_000).toISOString(), body: 'Dear all,', rev: 2 }
  remember('draft.1.7', draft.body)
  putAll({ drafts: [draft], later: 0 })
  const { wrapper, field } = composer()
  await vi.waitFor(() => expect(wrapper.find('.send-later').exists()).toBe(true), PATIENCE)
  vi.useFakeTimers()
  await field.setValue('Dear all, and what came to me on the train')
  await vi.advanceTimersByTimeAsync(5_000)
  putAll({ drafts: [{ ...draft }], later: 0 })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(field.element.value).toBe('Dear all, and what came to me on the train')
  vi.useRealTimers()
})

it('keeps what is typed while the words before it are on their way to a server whose clock is ahead', async () => {
  Object.assign(connection, { state: 'online' })
  session.user = 1
  putAll({ drafts: [], later: 0 })
  const { wrapper, field } = composer()
  await vi.waitFor(() => expect(wrapper.find('.send-later').exists()).toBe(true), PATIENCE)
  vi.useFakeTimers()
  let answer: (row: Draft) => void = () => undefined
  vi.spyOn(socket, 'call').mockImplementation(() => new Promise((done) => (answer = done as typeof answer)))
  await field.setValue('Dear all,')
  await vi.advanceTimersByTimeAsync(1_000)
  await field.setValue('Dear all, and more')
  Object.assign(connection, { state: 'offline' })
  answer({ room: 7, at: new Date(Date.now() + 120_000).toISOString(), body: 'Dear all,', rev: 2 })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(field.element.value).toBe('Dear all, and more')
  vi.useRealTimers()
})

import { mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'

import PostingNote from '@/components/PostingNote.vue'
import TimelineVoice from '@/components/TimelineVoice.vue'
import { session } from '@/stores/session'

import { ann, lobby, message } from './world'

const own = (seq: number, row = {}) => message(seq, { author: ann.id, ...row })

beforeEach(() => {
  session.user = ann.id
})

it('holds one up in slow mode no longer than that is, though the clock of the device is behind', async () => {
  vi.useFakeTimers()
  const room = { ...lobby, slow: 10 }
  const said = own(51, { at: new Date(Date.now() + 3_600_000).toISOString() })
  const wrapper = mount(PostingNote, { props: { modelValue: false, room, messages: [said] } })
  const isHeld = () => wrapper.emitted('update:modelValue')?.at(-1)?.[0] ?? false
  expect(isHeld()).toBe(true)
  await vi.advanceTimersByTimeAsync(6_000)
  await wrapper.setProps({ messages: [said, message(52)] })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(isHeld()).toBe(false)
})

it('tells a screen reader what another said just before oneself, though it comes after', async () => {
  const wrapper = mount(TimelineVoice, { props: { messages: [message(50)], live: true } })
  await wrapper.setProps({ messages: [message(50), own(52)] })
  await wrapper.setProps({ messages: [message(50), message(51), own(52)] })
  expect(wrapper.findAll('p').map((line) => line.text())).toEqual(['Somebody: number 51'])
})

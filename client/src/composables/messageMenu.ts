/** What one can do with a message, but edit it: loaded when somebody first points at one. */
import { computed, nextTick } from 'vue'

import type { MenuItem } from '@/components/PopMenu.vue'
import { remove } from '@/stores/messages'
import { markUnread } from '@/stores/reads'
import { pin } from '@/stores/reactions'
import { save, saved } from '@/stores/saved'
import { mine } from '@/stores/rooms'
import { session } from '@/stores/session'
import type { Message, Room } from '@/wire'
import { t } from '@/words'
import '@/words.due'
import '@/words.moderation'
import '@/words.reacts'
import '@/words.talk'

import { attempt } from './acts'
import { ask, open } from './dialogs'
import { passFocus } from './focus'
import { hint, type onMessage } from './keys'
import { isGuest, takesPart } from './rights'
import { roomPath } from './roomName'
import { useThread } from './thread'
import { copy } from './toasts'

/** An item of the menu; `key` is what does the same on a message that has the focus. */
export interface MessageItem extends MenuItem {
  key: keyof typeof onMessage
}

export function useMessageMenu(props: { message: Message; room: Room; removable: boolean }) {
  const kept = computed(() => saved.has(props.message.id))
  /** Whoever only reads can copy it and pass it on. */
  const isIn = computed(() => mine.has(props.room.id))
  const { within, show } = useThread()
  /** In a thread one answers by writing in it. */
  const answer = within === null && takesPart(props.room) ? () => show(props.message) : undefined

  const items = computed<MessageItem[]>(() => {
    const { message } = props
    const result: Omit<MessageItem, 'hint'>[] = [
      { key: 'copyText', label: t('copyText'), icon: 'copy', act: () => copy(message.body ?? '') },
      { key: 'copyLink', label: t('copyLink'), icon: 'link', act: copyLink },
    ]
    // The room is unread from there on, in which an answer in its thread does not stand.
    if (isIn.value && within === null) {
      result.push({ key: 'unread', label: t('markUnread'), icon: 'unread', act: () => attempt(() => markUnread(message)) })
    }
    if (isIn.value) {
      const label = t(kept.value ? 'unsave' : 'saveMessage')
      result.push({ key: 'save', label, icon: 'bookmark', act: () => attempt(() => save(message.id, !kept.value)) })
    }
    result.push({ key: 'forward', label: t('forward'), icon: 'forward', act: () => open('forward', { message }) })
    if (!isGuest.value && takesPart(props.room)) {
      const on = !message.pinned
      result.push({ key: 'pin', label: t(on ? 'pin' : 'unpin'), icon: 'pin', act: () => attempt(() => pin(message, on)) })
    }
    if (answer) result.unshift({ key: 'answer', label: t('answerInThread'), icon: 'thread', act: answer })
    if (isIn.value) {
      result.push({ key: 'remind', label: t('remindMe'), icon: 'clock', act: () => open('remind', { message: message.id }) })
    }
    if (isIn.value && message.author !== session.user) {
      result.push({ key: 'report', label: t('report'), icon: 'flag', act: () => open('report', { message: message.id }) })
    }
    if (props.removable) result.push({ key: 'remove', label: t('delete'), icon: 'trash', danger: true, act: erase })
    return result.map((item) => ({ ...item, hint: hint(item.key) }))
  })

  function copyLink() {
    void copy(location.origin + roomPath(props.room, props.message.seq))
  }

  async function erase() {
    const goOn = passFocus()
    const yes = await ask({ title: t('deleteAsk'), text: t('deleteText'), go: t('delete'), danger: true })
    if (yes && (await attempt(() => remove(props.message.id)))) await nextTick(goOn)
  }

  return { items, answer, copyLink }
}

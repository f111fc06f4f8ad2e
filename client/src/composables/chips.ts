/** Mentions in a message, under the present names. What they call is in the server's HTML, as `data-mention="user:3"`. */
import { groups } from '@/stores/own'
import { session } from '@/stores/session'
import { users } from '@/stores/users'

/** Writes the present names into the mentions in `body`, and marks those that call oneself. Reactive. */
export function nameMentions(body: HTMLElement) {
  for (const chip of body.querySelectorAll<HTMLElement>('[data-mention]')) {
    const [kind, id] = (chip.dataset.mention ?? '').split(':')
    const user = kind === 'user' ? users.get(Number(id)) : undefined
    const group = kind === 'group' ? groups.get(Number(id)) : undefined
    if (user) chip.textContent = `@${user.name}`
    if (group) chip.textContent = `@${group.name}`
    chip.classList.toggle('own', isMe(user?.id, group?.users, kind))
    if (user) Object.assign(chip, { tabIndex: 0, role: 'button' })
  }
}

function isMe(user: number | undefined, together: number[] | undefined, kind: string | undefined): boolean {
  const me = session.user ?? 0
  return user === me || Boolean(together?.includes(me)) || kind === 'here' || kind === 'room'
}

/** Whom a click or a key at this element asks for. */
export function mentioned(target: EventTarget | null): number | undefined {
  const chip = target instanceof Element ? target.closest<HTMLElement>('[data-mention^="user:"]') : null
  return chip ? Number(chip.dataset.mention?.slice(5)) : undefined
}

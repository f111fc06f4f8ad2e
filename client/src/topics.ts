/** The topics this tab holds, and at which seq. Written by sync.ts alone. */
export const held = new Map<string, number>()

export const WORKSPACE = 'workspace'

export const roomTopic = (room: number) => `room:${room}`

export const userTopic = (user: number) => `user:${user}`

/** The room of a topic like `room:7`. */
export function roomOf(topic: string): number | undefined {
  return topic.startsWith('room:') ? Number(topic.slice(5)) : undefined
}

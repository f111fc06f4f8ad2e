/** The people, rooms and messages of the gallery, and what its server would answer. */
import type { File, Message, Mine, Room, User } from '@/wire'

export const NOW = Date.parse('2026-05-16T10:30:00Z')
const at = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString()

export const LONG = 'Wolfeschlegelsteinhausenbergerdorff Maximiliane-Charlotte von und zu Hohenlohe-Schillingsfürst'
export const WORD = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'

const person = (id: number, name: string, more: Partial<User> = {}): User => ({
  ...{ id, name, handle: `person${id}`, kind: 'person', role: 'member', rev: 1 },
  ...more,
})

export const people = {
  nora: person(1, 'Nora Lind', { role: 'owner', handle: 'nora' }),
  tomas: person(2, 'Tomás Vega', { handle: 'tomas', pronouns: 'he/him', zone: 'Europe/Madrid', about: 'Leeks, mostly.' }),
  ines: person(3, 'Ines', { handle: 'ines', quiet_until: at(-300) }),
  kofi: person(4, 'Kofi Mensah', {
    ...{ handle: 'kofi', avatar: '/avatars/4', pronouns: 'he/him', zone: 'Africa/Accra', about: 'Mends what drips.' },
    status: { emoji: '🚜', text: 'on the field until four' },
  }),
  guest: person(5, 'A visitor', { kind: 'guest', role: 'guest' }),
  bot: person(6, 'Weather', { kind: 'bot' }),
  long: person(7, LONG),
  layla: person(8, 'ليلى المنصوري'),
}

const room = (id: number, slug: string, name: string, more: Partial<Room> = {}): Room => ({
  ...{ id, slug, name, kind: 'public', seq: 40, members: 8, rev: 1 },
  ...more,
})

export const rooms = {
  lobby: room(20, 'lobby', 'Lobby'),
  garden: room(21, 'garden', 'Garden', { topic: 'What grows, what needs doing' }),
  committee: room(22, 'committee', 'Committee', { kind: 'private' }),
  direct: room(23, 'direct', '', { kind: 'direct', users: [1, 4] }),
  group: room(24, 'group', '', { kind: 'direct', users: [1, 2, 3, 7] }),
  long: room(25, 'long', LONG, { topic: `${WORD} `.repeat(4) }),
  layla: room(26, 'layla', 'حديقة الحي', { topic: 'ما ينمو وما يجب عمله' }),
  archived: room(27, 'archived', 'Old shed', { archived: true }),
  readOnly: room(28, 'news', 'News', { posting: 'moderators' }),
  slow: room(29, 'slow', 'Questions', { slow: 60 }),
  empty: room(90, 'empty', 'Empty'),
  loading: room(91, 'loading', 'Loading'),
  failing: room(92, 'failing', 'Failing'),
  foreign: room(93, 'foreign', 'Greenhouse', { topic: 'Under glass' }),
}
export const many: Room[] = Array.from({ length: 40 }, (_, at) => room(200 + at, `bed-${at}`, `Bed ${at + 1}`))

const unread: Record<number, Partial<Mine>> = {
  22: { unread: 3 },
  23: { unread: 2, mentions: 2 },
  24: { unread: 1_000, mentions: 120 },
  25: { unread: 7, mentions: 1 },
  29: { muted_until: '9999-12-31T00:00:00Z', unread: 4 },
}
const isIn = [...Object.values(rooms).filter((one) => one !== rooms.foreign), ...many]
const mine = isIn.map(({ id }): Mine => ({ room: id, role: 'owner', read_seq: 40, at_seq: 40, rev: 1, ...unread[id] }))

export const files: Record<'photo' | 'tall' | 'paper' | 'video' | 'sound' | 'long', File> = {
  photo: { id: 'photo', name: 'bed 1.jpg', type: 'image/jpeg', size: 482_113, width: 1600, height: 1100, preview: true },
  tall: { id: 'tall', name: 'sunflower.jpg', type: 'image/jpeg', size: 201_000, width: 800, height: 1600, preview: true },
  paper: { id: 'paper', name: 'watering plan for the summer.pdf', type: 'application/pdf', size: 48_000 },
  video: { id: 'video', name: 'bees.mp4', type: 'video/mp4', size: 8_200_000, width: 1280, height: 720 },
  sound: { id: 'sound', name: 'rain on glass.ogg', type: 'audio/ogg', size: 1_100_000 },
  long: { id: 'long', name: `${WORD}.tar.gz`, type: 'application/gzip', size: 5_000_000_000 },
}

const message = (id: number, author: number, html: string, more: Partial<Message> = {}): Message => ({
  ...{ id, room: 21, seq: id, author, at: at(200 - id), html, body: html.replace(/<[^>]*>/g, ''), rev: id },
  ...more,
})

const CODE = `<pre><code class="language-python">def is_due(day: int) -&gt; bool:
    return day in range(7)  # was range(1, 7)</code></pre>`
const TABLE =
  '<table><thead><tr><th>bed</th><th>plants</th></tr></thead><tbody><tr><td>north</td><td>leeks, kale</td></tr><tr><td>south</td><td>borage</td></tr></tbody></table>'

export const said = {
  plain: message(1, 2, '<p>Two more trays of <strong>leeks</strong>, please, and something for the bees.</p>'),
  code: message(2, 4, `<p>The timer skipped Sundays because of <em>one</em> character in <code>is_due</code>:</p>${CODE}`),
  list: message(3, 3, '<p>For Saturday:</p><ol><li>compost at nine</li><li>Kofi brings the long hose</li><li>coffee</li></ol>'),
  table: message(5, 3, TABLE),
  quote: message(6, 4, '<blockquote><p>coffee, obviously</p></blockquote><p>The best step comes last.</p>'),
  mention: message(7, 2, '<p><span class="mention" data-mention="user:1">@Nora</span> the hose is back, <span class="mention" data-mention="user:4">@Kofi</span> saw it. <span class="spoiler">It was me.</span></p>'),
  jumbo: message(8, 4, '<p>👋🏽</p>'),
  arabic: message(9, 8, '<p>مرحبا بالجميع، هل يمكننا الاجتماع يوم السبت في الحديقة؟</p>'),
  word: message(10, 7, `<p>${WORD.repeat(2)}</p>`),
  edited: message(11, 1, '<p>At ten, not at nine.</p>', { edited_at: at(3) }),
  me: message(12, 2, '<p>waters the tomatoes</p>', { kind: 'me' }),
  guest: message(13, 5, '<p>May I just look around?</p>'),
  bot: message(14, 6, '<p>Rain from four o’clock.</p>'),
  full: message(15, 4, '<p>This morning, see <a href="https://example.org/">the list</a>:</p>', {
    files: [files.photo, files.tall, files.paper],
    pinned: true,
    reactions: [
      { emoji: '👍', users: [1, 2, 3] },
      { emoji: '🌻', users: [2] },
    ],
    replies: { count: 4, last_at: at(12), users: [2, 3, 7] },
  }),
  preview: message(16, 3, '<p><a href="https://example.org/">example.org</a></p>', {
    previews: [
      { place: 0, url: 'https://example.org/', title: 'How to keep bees happy', text: 'Borage, phacelia and patience.', site: 'Example' },
      { place: 1, url: 'https://example.org/2', title: WORD, text: `${WORD} `.repeat(6), image: '/previews/2', width: 1200, height: 630 },
    ],
  }),
  poll: message(17, 4, '', { kind: 'poll', poll: { question: 'When do we water?', options: ['Before work', 'At noon', LONG], votes: [[2], [], [3, 4]] } }),
  quoting: message(18, 1, '<p>As was said:</p>', { quote: { message: 1, room: 21, seq: 1, author: 2, at: at(199), html: '<p>Two more trays of leeks, please.</p>' } }),
  reacted: message(19, 2, '<p>Everybody happy?</p>', {
    reactions: ['👍', '❤️', '😂', '🎉', '🌱', '🍅', '🐝', '☔'].map((emoji, at) => ({ emoji, users: [1, 2, 3].slice(at % 3) })),
  }),
}
const all = Object.values(said)
export const users = Object.values(people)

const notice = (id: number, kind: 'mention' | 'reaction' | 'reminder' | 'thread', more = {}) => ({ id, kind, at: at(id), room: 21, message: 7, by: 2, ...more })
export const notices = {
  mention: notice(1, 'mention'),
  reaction: notice(2, 'reaction', { text: '🌻' }),
  thread: notice(3, 'thread', { message: 1 }),
  reminder: notice(4, 'reminder', { text: 'Ask about the hose', room: null, message: null, by: null }),
}
export const report = { id: 1, message: said.plain, by: 3, reason: 'Tomatoes work on Sundays.', at: at(30), done_at: null, done_by: null }
export const scheduled = { id: 1, room: 21, body: 'Do not forget the **compost**!', due_at: at(-1_500) }

const more = false
const EMPTY: Record<string, object> = {
  'messages.page': { messages: [], more: false, older: false, newer: false },
  'members.page': { members: [], users: [], more },
  'messages.pins': { messages: [], more },
  'files.page': { files: [], more },
  'members.bans': { bans: [], users: [], more },
}

const ANSWERS: Record<string, unknown> = {
  'sync.start': {
    epoch: 'gallery',
    me: people.nora,
    users,
    rooms: [...Object.values(rooms), ...many],
    mine,
    settings: { name: 'Allotment 12' },
    topics: {},
    changes: [],
    reset: [],
    presence: [2, 3, 4].map((user) => ({ user, state: user === 3 ? 'away' : 'online' })),
    counts: { inbox: 3 },
    groups: [{ id: 1, handle: 'waterers', name: 'Waterers', users: [2, 4] }],
    preferences: { keywords: ['compost', 'hose'] },
    drafts: [{ room: 22, body: 'About the shed:', at: at(9) }],
    later: 2,
  },
  'accounts.me': { ...people.nora, email: 'nora@example.org' },
  'messages.page': { messages: all, older: false, newer: false, root: all[0] },
  'members.page': { members: users.map(({ id }) => ({ room: 21, user: id, role: id === 1 ? 'owner' : 'member' })), users, more },
  'messages.pins': { messages: [said.full, said.code], more },
  'files.page': { files: Object.values(files).map((file) => ({ file, message: 15, seq: 15, by: 4, at: at(60) })), more },
  'members.bans': { bans: [{ user: 5, by: 1, at: at(90) }], users: [people.guest], more },
  'messages.history': { edits: [{ id: 1, at: at(40), body: 'At nine.' }], more },
  'messages.look': said.quoting.quote,
  'messages.render': { html: said.list.html },
  'saved.marks': [{ message: 15, room: 21, at: at(8) }],
  'rooms.browse': { rooms: Object.values(rooms), more },
  'users.page': { users, more },
  'users.find': { users },
  'users.seen': { at: at(95) },
  'presence.here': { users: [2, 4].map((user) => ({ user, state: 'online' })) },
  'emoji.page': { emoji: [], more },
  'sessions.list': {
    sessions: [
      { id: 1, kind: 'cookie', label: 'Firefox on Linux', created_at: at(9_000), seen_at: at(0), current: true },
      { id: 2, kind: 'cookie', label: LONG, created_at: at(90_000), seen_at: at(3_000), current: false },
    ],
    more,
  },
  'tokens.page': { tokens: [{ id: 1, label: 'Weather', created_at: at(9_000), seen_at: at(20) }], more },
  'invites.page': { invites: [], more },
  'threads.page': { threads: [], more },
  'groups.page': { groups: [{ id: 1, handle: 'waterers', name: 'Waterers', users: [2, 4] }] },
  'admin.audit': { entries: [{ id: 1, at: at(50), by: 1, act: 'users.ban', detail: 'person10' }], more },
  'admin.addresses': { addresses: [{ address: '203.0.113.7', by: 1, at: at(70) }], more },
  'scheduled.page': { scheduled: [scheduled] },
  'reminders.page': { reminders: [{ id: 1, text: 'Ask about the hose', due_at: at(-60) }] },
  'push.list': { devices: [{ id: 1, name: 'Firefox on Linux', created_at: at(9_000), sent_at: at(30), current: false }], key: '' },
  'push.log': { pushes: [], more },
}

/** By the room it is about: empty, without an answer, or refused. */
export function answer(method: string, params: { room?: number }): object | undefined {
  if (params.room === rooms.loading.id) return undefined
  if (params.room === rooms.failing.id) return { error: { code: -32000, message: 'The server is busy. Try again in a moment.', data: { kind: 'unavailable' } } }
  if (params.room === rooms.empty.id && EMPTY[method]) return { result: EMPTY[method] }
  return { result: ANSWERS[method] ?? null }
}

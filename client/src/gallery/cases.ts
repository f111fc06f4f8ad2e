/** Every component and the states it is shown in. One that is missing here fails `gallery.test.ts` by its name. */
import { LONG, WORD, files, many, notices, people, report, rooms, said, scheduled, users } from './rows'
import { kept, waiting } from '@/composables/shown'
import type { Entry } from '@/outbox'
import { lineOf } from '@/stores/messages'

/** Of an element inside: as if the pointer, the focus or a press were on it. */
export type Feel = 'hover' | 'focus' | 'press'

export interface Case {
  props?: object
  /** What stands in its slot. */
  text?: string
  feel?: [Feel, selector: string]
  /** What to press once it shows. */
  press?: string
  width?: number
  height?: number
}

export type Cases = Record<string, Case>

const nora = people.nora
const of = (props: object, more: Case = {}): Case => ({ props, ...more })
const item = (row: (typeof said)['plain'], more: object = {}) => ({
  ...{ message: kept(row, nora.id), room: rooms.garden, author: users.find(({ id }) => id === row.author) },
  ...{ head: true, marked: false, tabbable: false, active: false, editing: false, own: row.author === nora.id, removable: true },
  ...more,
})
const post = (state: Entry['state'], error = ''): Entry => ({ nonce: state, room: 21, body: 'Written in the shed.', at: Date.now(), state, error })
const posts = [post('waiting'), post('failed', 'The room is archived.')]
const unsent = (state: Entry['state'], error = '') => waiting(post(state, error), nora.id)
const inRoom = (props: object = {}, height?: number): Cases => ({
  default: of({ room: rooms.garden, ...props }, height ? { height } : {}),
  none: of({ room: rooms.empty, ...props }, height ? { height } : {}),
  loading: of({ room: rooms.loading, ...props }, height ? { height } : {}),
  failing: of({ room: rooms.failing, ...props }, height ? { height } : {}),
})
const choice = (key: string, more: object) => ({ key, text: key, name: key, note: '', ...more })
const invalid = { busy: false, error: 'It did not work.', field: '', why: '', run: async () => true, errorOf: () => 'It is too short.' }
const paged = (more: object) => ({ items: [], more: false, loading: false, known: true, error: '', next: () => undefined, again: () => undefined, ...more })

export const cases: Record<string, Cases> = {
  AccountForm: { error: of({ submit: invalid, go: 'Make an account' }), busy: of({ submit: { ...invalid, busy: true, error: '', errorOf: () => undefined }, go: 'Make an account' }) },
  AddDialog: { default: of({ room: rooms.garden }) },
  AddressBans: { default: {} },
  AlreadyIn: { default: {} },
  AppKeys: { default: {} },
  AppShell: { default: { height: 640 } },
  AskDialog: { default: of({ question: { title: 'Leave Garden?', text: 'You can come back whenever you like.', go: 'Leave' } }), danger: of({ question: { title: `Delete ${LONG}?`, text: 'This cannot be undone.', go: 'Delete', danger: true } }) },
  AuditLog: { default: {} },
  AuthCard: { default: of({ title: 'Sign in to Allotment 12', text: 'Your neighbours are waiting.' }, { text: 'What is inside.', height: 320 }) },
  Avatar: {
    initials: of({ id: 2, name: 'Tomás Vega' }),
    picture: of({ id: 4, name: 'Kofi Mensah', state: 'online' }),
    away: of({ id: 3, name: 'Ines', state: 'away' }),
    small: of({ id: 8, name: 'ليلى المنصوري', size: 20, state: 'offline' }),
  },
  BanList: { default: of({ room: rooms.garden }), none: of({ room: rooms.empty }) },
  CheckField: { on: of({ label: 'Guests may visit', modelValue: true, hint: 'Anybody with the address.' }), off: of({ label: WORD, modelValue: false }), focus: of({ label: 'Guests may visit', modelValue: true }, { feel: ['focus', 'input'] }) },
  CommandsDialog: { default: {} },
  CompletionList: {
    people: of({ id: 'a', chosen: 1, choices: [choice('Tomás Vega', { user: people.tomas, note: '@tomas' }), choice(LONG, { user: people.long, note: '@person7' }), choice('ليلى المنصوري', { user: people.layla, note: '@person8' })] }, { height: 160 }),
    emoji: of({ id: 'b', chosen: 0, choices: [choice(':seedling:', { glyph: '🌱' }), choice('garden', { icon: 'hash', note: 'What grows' })] }, { height: 120 }),
  },
  Composer: { default: of({ draftKey: 'draft.1.21', label: 'Write to #Garden', room: rooms.garden }), focus: of({ draftKey: 'draft.1.22', label: `Write to ${LONG}`, room: rooms.long }, { feel: ['focus', '.composer'] }), held: of({ draftKey: 'draft.1.29', label: 'Write to #Questions', room: rooms.slow, held: true }) },
  ComposerFiles: { default: of({ room: 21 }) },
  ComposerLater: { default: of({ draftKey: 'draft.1.21', complete: true, modelValue: 'Tea?' }) },
  ComposerPreview: { default: of({ room: 21, text: 'For **Saturday**' }) },
  ComposerTools: { default: of({ room: rooms.garden, text: '' }) },
  ConnectionBanner: { default: {} },
  CopyBox: { default: of({ label: 'Invite link', value: 'https://chat.example.org/join#3f9c2b', note: 'It is shown this once.' }) },
  DateDialog: { default: of({ room: rooms.garden }) },
  DayLine: { today: of({ at: new Date() }), yesterday: of({ at: new Date(Date.now() - 86_400_000) }), long: of({ at: new Date(Date.now() - 9e10) }) },
  DialogHost: { none: {} },
  DirectDialog: { default: {} },
  EmojiButton: { default: of({ label: 'React' }), hover: of({ label: 'React' }, { feel: ['hover', 'button'] }) },
  EmojiGlyph: { default: of({ text: '🌻' }), missing: of({ text: ':unknown:' }) },
  EmojiPicker: { default: { height: 380 } },
  EmojiTones: { default: of({ modelValue: 2 }) },
  EmptyState: { default: of({ icon: 'compass', title: 'There is nothing here', text: 'It does not exist, or you may not see it.' }, { text: 'Browse rooms' }), long: of({ icon: 'wifi', title: LONG, text: `${WORD} `.repeat(3) }) },
  Field: {
    default: of({ label: 'Name', modelValue: 'Nora', hint: 'As others see it.' }),
    empty: of({ label: 'Name', modelValue: '', placeholder: 'Your name' }),
    focus: of({ label: 'Name', modelValue: 'Nora' }, { feel: ['focus', 'input'] }),
    error: of({ label: 'Name', modelValue: '', error: 'A name is at least one letter.' }),
    disabled: of({ label: 'Name', modelValue: 'Nora', disabled: true }),
    arabic: of({ label: 'Name', modelValue: 'ليلى المنصوري', dir: 'auto' }),
  },
  FileCard: { default: of({ file: files.paper }), hover: of({ file: files.paper }, { feel: ['hover', 'a'] }), long: of({ file: files.long }) },
  FilesPanel: inRoom({}, 520),
  FormError: { default: of({ text: 'That did not work. Try again.' }), none: of({ text: '' }) },
  ForwardDialog: { default: of({ message: said.plain }) },
  HistoryDialog: { default: of({ message: said.edited }) },
  Icon: { default: of({ name: 'inbox' }), large: of({ name: 'settings', size: 28 }) },
  InboxRow: { mention: of({ notice: notices.mention }), reaction: of({ notice: notices.reaction }), thread: of({ notice: notices.thread }), reminder: of({ notice: notices.reminder }) },
  InviteDialog: { default: {} },
  InviteForm: { default: {} },
  JumpButton: { none: of({ unread: 0 }, { height: 60 }), some: of({ unread: 12 }, { height: 60 }), many: of({ unread: 1_000 }, { height: 60 }), hover: of({ unread: 3 }, { feel: ['hover', 'button'], height: 60 }) },
  KeysDialog: { default: {} },
  LightboxDialog: { default: of({ files: [files.photo, files.tall], at: 0 }) },
  MemberPanel: inRoom({}, 520),
  MemberRow: { default: of({ member: { room: 21, user: 2, role: 'member' }, user: people.tomas, room: rooms.garden }), hover: of({ member: { room: 21, user: 4, role: 'moderator' }, user: people.kofi, room: rooms.garden }, { feel: ['hover', '*'] }), long: of({ member: { room: 21, user: 7, role: 'owner' }, user: people.long, room: rooms.garden }) },
  MessageBody: Object.fromEntries(Object.entries(said).filter(([, { html }]) => html).map(([name, { html, body }]) => [name, of({ html, text: body })])),
  MessageCard: { default: of({ message: said.plain }), named: of({ message: said.code, named: true }) },
  MessageEditor: { default: of({ body: 'At ten, not at nine.', room: rooms.garden }) },
  MessageFiles: { picture: of({ files: [files.photo] }), grid: of({ files: [files.photo, files.tall, files.photo] }), cards: of({ files: [files.paper, files.long] }), sound: of({ files: [files.sound] }) },
  MessageItem: {
    ...Object.fromEntries(Object.entries(said).map(([name, row]) => [name, of(item(row))])),
    following: of(item(said.plain, { head: false })),
    hover: of(item(said.plain, { active: true }), { feel: ['hover', 'article'] }),
    focus: of(item(said.plain), { feel: ['focus', 'article'] }),
    marked: of(item(said.list, { marked: true })),
    editing: of(item(said.edited, { editing: true })),
    waiting: of(item(said.plain, { message: unsent('waiting'), author: nora, own: true })),
    failed: of(item(said.plain, { message: unsent('failed', 'The room is archived.'), author: nora, own: true })),
  },
  MessageLinks: { default: of({ message: said.plain }) },
  MessageMarks: { pinned: of({ message: said.full }) },
  MessageParts: { default: of({ message: said.full, room: rooms.garden }) },
  MessagePreviews: { default: of({ message: said.preview, room: rooms.garden }) },
  MessageReactions: { default: of({ message: said.full, room: rooms.garden }), many: of({ message: said.reacted, room: rooms.garden }), hover: of({ message: said.full, room: rooms.garden }, { feel: ['hover', 'button'] }), focus: of({ message: said.full, room: rooms.garden }, { feel: ['focus', 'button'] }) },
  MessageReplies: { default: of({ message: said.full }), hover: of({ message: said.full }, { feel: ['hover', '.message-replies'] }) },
  MessageState: { waiting: of({ message: unsent('waiting') }), failed: of({ message: unsent('failed', 'The room is archived.') }) },
  MessageToolbar: { default: of({ message: said.full, room: rooms.garden, own: true, removable: true }, { height: 60 }), hover: of({ message: said.full, room: rooms.garden, own: false, removable: false }, { feel: ['hover', 'button'], height: 60 }) },
  Modal: { default: of({ title: 'A question' }, { text: 'What is asked.' }), long: of({ title: LONG }, { text: WORD }), bare: of({ title: 'Go to', bare: true }, { text: 'What is chosen.' }) },
  NewLine: { default: {} },
  NotifyDialog: { default: of({ room: rooms.garden }) },
  PageFrame: { default: of({ title: 'People', text: 'Who is here.' }, { text: 'What is inside.', height: 240 }) },
  PageTabs: { default: of({ label: 'Settings', tabs: [{ to: '/rooms/garden', name: 'Profile' }, { to: '/b', name: 'Notifications' }, { to: '/c', name: 'Devices and sessions' }] }) },
  PagedState: { loading: of({ paged: paged({ known: false, loading: true }), none: 'Nobody yet.' }), none: of({ paged: paged({}), none: 'Nobody yet.' }), error: of({ paged: paged({ known: false, error: 'The server is busy.' }), none: '' }), more: of({ paged: paged({ items: [1], more: true }), none: '' }) },
  PaneHeader: { default: of({ title: 'Garden', text: 'What grows, what needs doing' }), long: of({ title: LONG, text: `${WORD} `.repeat(3) }) },
  PaneResizer: { default: of({ label: 'Width', min: 200, max: 400, edge: 'end', modelValue: 272 }, { height: 80 }), hover: of({ label: 'Width', min: 200, max: 400, edge: 'end', modelValue: 272 }, { feel: ['hover', '*'], height: 80 }) },
  PanelFrame: { default: of({ title: 'Files' }, { text: 'What is inside.', height: 200 }) },
  PeoplePicker: { default: of({ people: users, modelValue: [people.kofi, people.long] }), none: of({ people: [], modelValue: [] }) },
  PersonLine: { default: of({ user: people.kofi, state: 'online', tag: 'Owner' }), long: of({ user: people.long, state: 'away' }), arabic: of({ user: people.layla }) },
  PersonRow: { default: of({ user: people.tomas }), guest: of({ user: people.guest }), long: of({ user: people.long }) },
  PinsPanel: inRoom({}, 520),
  PollCard: { default: of({ message: said.poll, poll: said.poll.poll, room: rooms.garden }), closed: of({ message: said.poll, poll: { ...said.poll.poll, closed: true }, room: rooms.garden }) },
  PollDialog: { default: of({ room: 21 }), filled: of({ room: 21, question: 'When do we water?', options: ['Before work', LONG] }) },
  PopMenu: { closed: of({ label: 'More', items: [] }), open: of({ label: 'More', items: [{ label: 'Edit', icon: 'edit', act: () => 0 }, { label: 'Copy link', icon: 'link', act: () => 0 }, { label: 'Delete', icon: 'trash', act: () => 0, danger: true }] }, { press: 'button' }) },
  PostingNote: { default: of({ room: rooms.slow, messages: [], modelValue: false }) },
  PresenceDot: { online: of({ state: 'online' }), away: of({ state: 'away' }), offline: of({ state: 'offline' }) },
  ProfilePanel: { default: { height: 560 } },
  PushOffer: { none: {} },
  QuietDialog: { default: {} },
  QuoteCard: { default: of({ quote: said.quoting.quote }) },
  ReadingBar: { default: of({ room: rooms.foreign }), long: of({ room: rooms.long }) },
  RemindDialog: { default: of({ text: 'Ask about the hose' }) },
  ReportDialog: { default: of({ message: 1 }) },
  ReportRow: { default: of({ report }), done: of({ report: { ...report, id: 2, done_at: report.at, done_by: 1 } }) },
  RoomBeginning: { room: of({ room: rooms.garden, messages: 3 }), direct: of({ room: rooms.direct, messages: 0 }), long: of({ room: rooms.long, messages: 3 }) },
  RoomChoice: { none: of({ modelValue: undefined }), chosen: of({ modelValue: 21 }) },
  RoomDialog: { make: {}, edit: of({ room: rooms.garden }) },
  RoomDoor: { default: of({ room: rooms.foreign }, { height: 320 }) },
  RoomHeader: { room: of({ room: rooms.garden }), private: of({ room: rooms.committee }), direct: of({ room: rooms.direct }), long: of({ room: rooms.long }), arabic: of({ room: rooms.layla }), archived: of({ room: rooms.archived }) },
  RoomMenu: { default: of({ room: rooms.garden }) },
  RoomTalk: Object.fromEntries(['garden', 'empty', 'loading', 'failing', 'archived'].map((name) => [name, of({ room: rooms[name as 'garden'] }, { height: 480 })])),
  RouteLink: { default: of({ to: '/rooms/garden' }, { text: 'To the garden' }), hover: of({ to: '/rooms/garden', class: 'button' }, { text: 'To the garden', feel: ['hover', 'a'] }) },
  ScheduleDialog: { default: of({ room: 21, body: 'Tea?' }), old: of({ room: 21, old: scheduled }) },
  SearchField: { empty: of({ modelValue: { filters: [], words: '' } }), filters: of({ modelValue: { filters: ['from:kofi', 'in:garden', '-has:link'], words: 'hose' } }) },
  SearchHit: { default: of({ hit: { message: said.plain, pieces: ['Two more trays of ', 'leeks', ', please'] } }) },
  SearchNames: { default: of({ names: { rooms: [rooms.garden], users: [people.kofi], files: [{ file: files.paper, message: 15, room: 21, seq: 15, by: 4, at: said.full.at }] } }) },
  SearchRecent: { default: of({ queries: ['from:kofi hose', WORD] }) },
  SeenLine: { default: of({ user: people.tomas }) },
  SelectField: { default: of({ label: 'Who makes rooms', modelValue: 'all', options: [{ value: 'all', name: 'Everybody' }, { value: 'admins', name: 'Administrators' }], hint: 'Guests never do.' }) },
  SettingsAppearance: { default: {} },
  SettingsDevices: { default: {} },
  SettingsInstall: { default: {} },
  SettingsNotify: { default: {} },
  SettingsPassword: { default: {} },
  SettingsPicture: { default: {} },
  SettingsProfile: { default: {} },
  SettingsPushLog: { closed: {} },
  SettingsSeen: { default: {} },
  SettingsSessions: { default: {} },
  SettingsThisBrowser: { default: {} },
  SettingsTokens: { default: {} },
  SidebarGroup: { none: of({ title: 'Rooms', rooms: [] }, { width: 272 }), many: of({ title: 'Rooms', rooms: many }, { width: 272, height: 320 }) },
  SidebarMe: { default: { width: 272 } },
  SidebarPane: { default: { width: 272, height: 640 } },
  SidebarRoom: {
    ...Object.fromEntries(Object.entries(rooms).map(([name, room]) => [name, of({ room }, { width: 272 })])),
    hover: of({ room: rooms.lobby }, { width: 272, feel: ['hover', 'a'] }),
    focus: of({ room: rooms.lobby }, { width: 272, feel: ['focus', 'a'] }),
  },
  SkeletonRows: { two: of({ rows: 2 }) },
  StatusDialog: { default: {} },
  StatusMark: { status: of({ user: people.kofi }), quiet: of({ user: people.ines }) },
  SwitcherDialog: { default: {} },
  TalkFooter: Object.fromEntries(['garden', 'archived', 'foreign', 'slow'].map((name) => [name, of({ room: rooms[name as 'garden'], label: 'Write here', messages: [] })])),
  ThreadPanel: { default: of({ room: rooms.garden }, { height: 560 }) },
  Timeline: { waiting: of({ line: lineOf(rooms.empty.id), room: rooms.empty, label: 'Messages', pending: posts, unread: 0 }, { height: 240 }) },
  TimelineVoice: { none: of({ messages: [], live: true }) },
  ToastList: { default: {} },
  TypingLine: { none: of({ room: 21 }), two: of({ room: 20 }) },
  WelcomeCard: { default: of({ room: rooms.lobby }) },
  WelcomeStep: { todo: of({ done: false, title: 'Say something', text: 'Anything at all.' }), done: of({ done: true, title: 'Make a room', text: 'For a project.' }) },
  WhenField: { default: of({ modelValue: undefined }), error: of({ modelValue: undefined, words: 'yesterday', error: 'That is over already.' }) },
  WorkspaceMenu: { closed: {}, open: { press: 'button' } },
  WritingArea: { default: of({ label: 'Write to #Garden', modelValue: '' }), arabic: of({ label: 'Write', modelValue: 'مرحبا بالجميع' }), long: of({ label: 'Write', modelValue: WORD.repeat(3) }) },
}

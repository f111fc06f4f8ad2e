// Written by `python -m chinwag.schema` from the server's calls and rows: change those, not this.

/** Oneself, with what only oneself sees. */
export interface Account {
  id: number
  handle: string
  name: string
  kind: 'bot' | 'guest' | 'person'
  role: 'admin' | 'guest' | 'member' | 'owner'
  banned?: boolean
  avatar?: string
  pronouns?: string
  zone?: string
  about?: string
  status?: Status | null
  quiet_until?: string | null
  email?: string
  rev?: number
  deleted?: boolean
}

/** An address, of IPv6 a /64, from which no guest comes in. */
export interface Address {
  address: string
  by: number
  at: string
}

/** Some of them, and whether there are more. */
export interface Addresses {
  addresses: Address[]
  more: boolean
}

/** Somebody who is kept out of a room. */
export interface Ban {
  user: number
  by: number
  at: string
}

/** Some bans of a room with who they are, and whether there are more. */
export interface Bans {
  bans: Ban[]
  users: User[]
  more: boolean
}

/** What listeners of a topic are told after a commit: the rows that changed, as they now are. */
export interface Change {
  topic: string
  seq: number
  since?: number | null
  reset?: boolean
  room?: Room | null
  messages?: Message[]
  members?: Member[]
  users?: User[]
  rooms?: Room[]
  mine?: Mine[]
  settings?: Settings | null
  threads?: Thread[]
  notices?: Notice[]
  saved?: Saved[]
  drafts?: Draft[]
  scheduled?: Scheduled[]
  reminders?: Reminder[]
  preferences?: Preferences | null
  counts?: Counts | null
  groups?: Group[]
  emoji?: Emoji[]
}

/** How much is undone in one's inbox, and in how many threads that one follows something is unread. */
export interface Counts {
  inbox?: number
  threads?: number
  rev?: number
  deleted?: boolean
}

/** A browser that is told. */
export interface Device {
  id: number
  name: string
  created_at: string
  sent_at: string | null
  current: boolean
}

/** All of one's devices, the oldest first, and the server's public key, which is empty where it sends nothing. */
export interface Devices {
  devices: Device[]
  key: string
}

/** What one has begun to write in a room, or in one of its threads; a tombstone when it is empty, and so over. */
export interface Draft {
  room: number
  at: string
  thread?: number
  body?: string
  rev?: number
  deleted?: boolean
}

/** An older text, and when it was written. */
export interface Edit {
  id: number
  at: string
  body: string
}

/** Older texts of a message, the newest first, and whether there is more. */
export interface Edits {
  edits: Edit[]
  more: boolean
}

/** A picture of the workspace's own, written `:name:`. */
export interface Emoji {
  id: number
  by: number
  name?: string
  url?: string
  rev?: number
  deleted?: boolean
}

/** Some of the workspace's emoji, by id, and whether there is more. */
export interface EmojiPage {
  emoji: Emoji[]
  more: boolean
}

/** Some of the audit log, the newest first, and whether there is more. */
export interface Entries {
  entries: Entry[]
  more: boolean
}

/** Something that an administrator or a moderator (None: the command line) did. */
export interface Entry {
  id: number
  at: string
  by: number | null
  act: string
  detail: string
}

/** A file of a message, at `/files/<id>/<name>`; images have a preview at `/files/<id>/preview`. */
export interface File {
  id: string
  name: string
  type: string
  size: number
  width?: number
  height?: number
  blur?: string
  preview?: boolean
}

/** Some files of a room, the newest first, and whether there are more. */
export interface Files {
  files: Posted[]
  more: boolean
}

/** A thread that one follows: its root, a tombstone perhaps, and its latest answers, oldest first. `last` is its */
export interface Followed {
  thread: Thread
  root: Message
  answers: Message[]
  last: number
}

/** A file by its name, and where it was posted. */
export interface Found {
  file: File
  message: number
  room: number
  seq: number
  by: number
  at: string
}

/** People who are called together, by `@handle`. */
export interface Group {
  id: number
  handle: string
  name: string
  users?: number[]
  rev?: number
  deleted?: boolean
}

/** All groups. */
export interface Groups {
  groups: Group[]
}

/** Messages of a room or a thread, tombstones included, oldest first; whether there is more on the side that was */
export interface History {
  messages: Message[]
  more: boolean
  older: boolean
  newer: boolean
  root?: Message | null
  follow?: Thread | null
}

/** Some notices, the newest first, the messages that they are about, and whether there is more. */
export interface Inbox {
  notices: Notice[]
  messages: Message[]
  more: boolean
}

/** An invite; its link is shown only when it is made. */
export interface Invite {
  id: number
  by: number
  uses: number
  used: number
  created_at: string
  ends: string
  revoked: boolean
}

/** Some invites, the newest first, and whether there are more. */
export interface Invites {
  invites: Invite[]
  more: boolean
}

/** Some of what one's devices were told, the newest first, and whether there is more. */
export interface Log {
  pushes: Push[]
  more: boolean
}

/** What anybody may know before they sign in. `ready` is false until there is an owner. */
export interface Look {
  name: string
  guests: boolean
  signup: boolean
  ready: boolean
}

/** A user in a room; a tombstone without a role when they have left. */
export interface Member {
  room: number
  user: number
  role: 'member' | 'moderator' | 'owner' | null
  rev?: number
  deleted?: boolean
}

/** Some members with who they are, and whether there are more. */
export interface MembersPage {
  members: Member[]
  users: User[]
  more: boolean
}

/** What a user said. `seq` is its place in the room; a tombstone keeps no text. */
export interface Message {
  id: number
  room: number
  seq: number
  author: number
  at: string
  nonce?: string
  body?: string
  html?: string
  kind?: '' | 'me' | 'poll'
  thread?: number | null
  also?: boolean
  mentions?: string[]
  quote?: Quote | null
  pinned?: boolean
  replies?: Replies | null
  reactions?: Reaction[]
  files?: File[]
  previews?: Preview[]
  poll?: Poll | null
  edited_at?: string | null
  rev?: number
  deleted?: boolean
}

/** One's own view of a room; a tombstone once one is no longer its member. */
export interface Mine {
  room: number
  role: 'member' | 'moderator' | 'owner'
  read_seq?: number
  unread?: number
  at_seq?: number
  mentions?: number
  notify?: 'all' | 'mentions' | 'none'
  starred?: boolean
  muted_until?: string | null
  draft?: string
  bans?: number
  rev?: number
  deleted?: boolean
}

/** What has a name with a word that begins with what was searched for. */
export interface Names {
  rooms?: Room[]
  users?: User[]
  files?: Found[]
}

/** An invite with its secret and its link, which are shown this once. */
export interface NewInvite {
  id: number
  token: string
  url: string
  uses: number
  ends: string
}

/** A token's secret, shown this once. */
export interface NewToken {
  id: number
  token: string
}

/** Something in the inbox: one was mentioned, a thread that one follows was answered, somebody reacted to what one */
export interface Notice {
  id: number
  kind: 'mention' | 'reaction' | 'reminder' | 'thread'
  at: string
  room?: number | null
  message?: number | null
  by?: number | null
  text?: string
  done?: boolean
  rev?: number
  deleted?: boolean
}

/** Who of a room is here now. */
export interface People {
  users: Presence[]
}

/** Pinned messages, the newest first, and whether there is more. */
export interface Pins {
  messages: Message[]
  more: boolean
}

/** A question and its answers, and who chose which: a list of users for each option. */
export interface Poll {
  question: string
  options: string[]
  votes: number[][]
  many?: boolean
  closed?: boolean
}

/** A file of a room: who posted it, when, and in which message (its `seq` is its place in the room). */
export interface Posted {
  file: File
  message: number
  seq: number
  by: number
  at: string
}

/** What one has set for oneself on all devices: words that one wants to hear of, whose direct messages one does not */
export interface Preferences {
  keywords?: string[]
  blocked?: number[]
  shows_seen?: boolean
  shows_text?: boolean
  rev?: number
  deleted?: boolean
}

/** Who is here now. */
export interface Presence {
  user: number
  state: 'away' | 'offline' | 'online'
}

/** Who came, went or fell idle in about the last second. */
export interface PresenceChange {
  users: Presence[]
}

/** What is behind a link of a message; its picture, if it has one, comes from this server. */
export interface Preview {
  place: number
  url: string
  title: string
  text?: string
  site?: string
  image?: string
  width?: number
  height?: number
}

/** What a device was told, or is to be. `problem` says why it was not, or not yet. */
export interface Push {
  id: number
  device: string
  kind: 'message' | 'reminder' | 'test'
  at: string
  state: 'failed' | 'sending' | 'sent' | 'waiting'
  problem: string
}

/** A message that was passed on, as it was then. Whoever may read its room finds it at `message`. */
export interface Quote {
  message: number
  room: number
  seq: number
  author: number
  at: string
  html: string
}

/** Who put this emoji to a message, in the order in which they did. One of the workspace's own is `:name:`. */
export interface Reaction {
  emoji: string
  users: number[]
}

/** What one will be reminded of, or, once it has `fired`, has been. */
export interface Reminder {
  id: number
  text: string
  due_at: string
  message?: number | null
  fired?: boolean
  rev?: number
  deleted?: boolean
}

/** All of one's reminders that wait, the next first. */
export interface RemindersPage {
  reminders: Reminder[]
}

/** The answers to a message: how many, when the last was given, and by whom (the latest five, the last first). */
export interface Replies {
  count: number
  last_at: string
  users: number[]
}

/** What was reported, as it is now, by whom and why. */
export interface Report {
  id: number
  message: Message
  by: number
  reason: string
  at: string
  done_at: string | null
  done_by: number | null
}

/** Some reports with the people in them, the newest first, and whether there are more. */
export interface Reports {
  reports: Report[]
  users: User[]
  more: boolean
}

/** Messages, the newest first, whether there are more before the last of them, and the rooms that they stand in. */
export interface Results {
  messages: Message[]
  snippets: Snippet[]
  more: boolean
  rooms: Room[]
  names: Names
  whole?: boolean
}

/** Where messages are. `seq` is the version of its topic when the row was read. */
export interface Room {
  id: number
  slug: string
  name: string
  kind: 'direct' | 'private' | 'public'
  topic?: string
  seq?: number
  members?: number
  archived?: boolean
  posting?: 'all' | 'moderators'
  slow?: number
  users?: number[]
  gone?: boolean
  rev?: number
  deleted?: boolean
}

/** Some of the directory, and whether there is more. */
export interface Rooms {
  rooms: Room[]
  more: boolean
}

/** A message that one keeps for later. */
export interface Saved {
  message: number
  room: number
  at: string
  done?: boolean
  rev?: number
  deleted?: boolean
}

/** Saved messages, the latest saved first, and whether there is more. */
export interface SavedPage {
  saved: Saved[]
  messages: Message[]
  more: boolean
}

/** What one will say at a time to come; `problem` says why it could not be said. */
export interface Scheduled {
  id: number
  room: number
  body: string
  due_at: string
  html?: string
  thread?: number | null
  problem?: string
  rev?: number
  deleted?: boolean
}

/** All that one has scheduled, the next first. */
export interface ScheduledPage {
  scheduled: Scheduled[]
}

/** When somebody was last here; `null` where that is not known, or not shown. */
export interface Seen {
  at: string | null
}

/** A signed-in browser or an API token. */
export interface Session {
  id: number
  kind: string
  label: string
  created_at: string
  seen_at: string
  current: boolean
}

/** Some of one's sessions, the last seen first, and whether there are more. */
export interface Sessions {
  sessions: Session[]
  more: boolean
}

/** What the workspace lets people do, and its name. */
export interface Settings {
  name?: string
  guests?: boolean
  signup?: boolean
  creating?: 'admins' | 'all'
  calling?: 'all' | 'moderators'
  previews?: boolean
  rev?: number
  deleted?: boolean
}

/** Where in a message the words stand: of the pieces every second one, beginning with the second, is marked. */
export interface Snippet {
  message: number
  pieces: string[]
}

/** Everything that a client needs to be in step; `docs/protocol.md` says how to take it in. */
export interface Start {
  epoch: string
  me: User
  users: User[]
  rooms: Room[]
  mine: Mine[]
  settings: Settings
  topics: Record<string, number>
  changes: Change[]
  reset: string[]
  presence: Presence[]
  counts: Counts
  groups: Group[]
  preferences: Preferences
  drafts: Draft[]
  later: number
}

/** How much there is: people, guests and bots that are not banned, rooms, messages that are not deleted, and files */
export interface Stats {
  people: number
  guests: number
  bots: number
  rooms: number
  messages: number
  files: number
  bytes: number
}

/** What somebody is at, until it ends. */
export interface Status {
  emoji?: string
  text?: string
  ends_at?: string | null
}

/** One's own view of a thread that one follows (or, with `following` false, no longer does). */
export interface Thread {
  thread: number
  room: number
  following?: boolean
  read_seq?: number
  unread?: number
  rev?: number
  deleted?: boolean
}

/** Some threads that one follows, the last answered first, and whether there are more. */
export interface Threads {
  threads: Followed[]
  more: boolean
}

/** An API token; its secret is shown only when it is made. */
export interface Token {
  id: number
  label: string
  created_at: string
  seen_at: string
}

/** Some tokens, the newest first, and whether there are more. */
export interface Tokens {
  tokens: Token[]
  more: boolean
}

/** Somebody is writing in a room, or in a thread of it; forget it after six seconds. */
export interface Typing {
  room: number
  user: number
  thread?: number
}

/** A person, a guest or a bot with a name. Whoever is banned keeps their row, for what they said. */
export interface User {
  id: number
  handle: string
  name: string
  kind: 'bot' | 'guest' | 'person'
  role: 'admin' | 'guest' | 'member' | 'owner'
  banned?: boolean
  avatar?: string
  pronouns?: string
  zone?: string
  about?: string
  status?: Status | null
  quiet_until?: string | null
  rev?: number
  deleted?: boolean
}

/** Some users, and whether there are more. */
export interface UsersPage {
  users: User[]
  more: boolean
}

/** What somebody sees who follows an invite: the workspace's name and who invites. */
export interface Welcome {
  name: string
  by: string
}

/** The HTML that a message will have. */
export interface Written {
  html: string
}

/** What an error says besides its sentence. */
export interface ErrorData {
  kind?: 'unauthorized' | 'forbidden' | 'not_found' | 'conflict' | 'too_large' | 'too_many' | 'unavailable'
  field?: string
  retry_after?: number
}

/** What a connection is told without having asked. */
export interface Notices {
  change: Change
  presence: PresenceChange
  typing: Typing
}

/** What a client may call. */
export interface Methods {
  /** What the door says: the workspace's name and who may come in. */
  'workspace.look': {
    params: Record<string, never>
    result: Look
  }
  /** Sign up, where the workspace lets people do so by themselves. */
  'accounts.signup': {
    params: {
      name: string
      email: string
      password: string
    }
    result: User
  }
  /** Oneself. */
  'accounts.me': {
    params: Record<string, never>
    result: Account
  }
  /** Change what one says of oneself, or, with one's password, one's e-mail address. */
  'accounts.edit': {
    params: {
      name?: string | null
      handle?: string | null
      email?: string | null
      password?: string | null
      pronouns?: string | null
      zone?: string | null
      about?: string | null
    }
    result: Account
  }
  /** Say what one is at, until it ends; with neither emoji nor text nothing any more. */
  'accounts.status': {
    params: {
      emoji?: string
      text?: string
      ends_at?: string | null
    }
    result: User
  }
  /** Do not be disturbed until then; without it, be again. */
  'accounts.quiet': {
    params: {
      until?: string | null
    }
    result: User
  }
  /** Change one's password. Every other session ends, and this one gets a new secret. */
  'accounts.password': {
    params: {
      old: string
      new: string
    }
    result: null
  }
  /** Sign in by e-mail address or handle and password. */
  'sessions.create': {
    params: {
      login: string
      password: string
    }
    result: User
  }
  /** Come in as a guest with nothing but a name, where the workspace lets guests in. */
  'sessions.guest': {
    params: {
      name: string
    }
    result: User
  }
  /** Sign a connection in by an API token. */
  'sessions.resume': {
    params: {
      token: string
    }
    result: User
  }
  /** What is signed in as oneself. */
  'sessions.list': {
    params: {
      limit?: number
    }
    result: Sessions
  }
  /** End one of one's sessions, or the present one; its connections close. */
  'sessions.end': {
    params: {
      session?: number | null
    }
    result: null
  }
  /** Become the first owner, by the link that the server printed. */
  'setup.accept': {
    params: {
      token: string
      name: string
      password: string
      handle?: string | null
      email?: string | null
    }
    result: User
  }
  /** What an invite invites to. */
  'invites.look': {
    params: {
      token: string
    }
    result: Welcome
  }
  /** Sign up by an invite. */
  'invites.accept': {
    params: {
      token: string
      name: string
      password: string
      handle?: string | null
      email?: string | null
    }
    result: User
  }
  /** Make a link by which so many people can sign up until it ends: in a week, where that is not said. */
  'invites.create': {
    params: {
      uses?: number
      ends?: string | null
    }
    result: NewInvite
  }
  /** One's own invites; all of them for administrators. */
  'invites.page': {
    params: {
      before?: number
      limit?: number
    }
    result: Invites
  }
  /** End an invite of one's own; administrators may end any. */
  'invites.revoke': {
    params: {
      id: number
    }
    result: null
  }
  /** Make a token that signs in as oneself until it is revoked. */
  'tokens.create': {
    params: {
      label?: string
    }
    result: NewToken
  }
  /** One's tokens. */
  'tokens.page': {
    params: {
      before?: number
      limit?: number
    }
    result: Tokens
  }
  /** End a token; its connections close. */
  'tokens.revoke': {
    params: {
      id: number
    }
    result: null
  }
  /** Hear how all of one's topics stand, and those of `topics` that one may read; a connection listens to them. */
  'sync.start': {
    params: {
      epoch?: string | null
      topics?: Record<string, number> | null
    }
    result: Start
  }
  /** What changed in a topic since a seq that one holds. */
  'sync.changes': {
    params: {
      topic: string
      since: number
    }
    result: Change
  }
  /** Public rooms by slug, those whose name has a word that begins with `query`; for guests none. */
  'rooms.browse': {
    params: {
      query?: string
      archived?: boolean
      after?: string
      limit?: number
    }
    result: Rooms
  }
  /** Make a room that one owns, with these users in it. Without a `slug` its address is made from its name. */
  'rooms.create': {
    params: {
      name: string
      slug?: string | null
      kind?: 'private' | 'public'
      topic?: string
      users?: number[]
    }
    result: Room
  }
  /** Give a room another name, address or topic; say who writes in it, and how many seconds apart. */
  'rooms.edit': {
    params: {
      room: number
      name?: string | null
      slug?: string | null
      topic?: string | null
      posting?: 'all' | 'moderators' | null
      slow?: number | null
    }
    result: Room
  }
  /** Close a room for new messages, or open it again. What was said stays readable. */
  'rooms.archive': {
    params: {
      room: number
      on?: boolean
    }
    result: Room
  }
  /** Enter a public room. Whoever enters one without an owner becomes it. */
  'rooms.join': {
    params: {
      room: number
    }
    result: Room
  }
  /** Leave a room, which is gone then. The next in line becomes its owner if nobody else is. */
  'rooms.leave': {
    params: {
      room: number
    }
    result: Room
  }
  /** The one room of exactly these people and oneself; made if it is not there yet. */
  'rooms.direct': {
    params: {
      users: number[]
    }
    result: Room
  }
  /** Members by user id. */
  'members.page': {
    params: {
      room: number
      after?: number
      limit?: number
    }
    result: MembersPage
  }
  /** Let somebody into a room: into a public one any member may, into a private one its moderators. */
  'members.add': {
    params: {
      room: number
      user: number
    }
    result: Member
  }
  /** Take somebody of a lower rank out of a room: they have no role there any more. */
  'members.remove': {
    params: {
      room: number
      user: number
    }
    result: Member
  }
  /** Make somebody an owner, a moderator or a member of a room. */
  'members.role': {
    params: {
      room: number
      user: number
      role: 'member' | 'moderator' | 'owner'
    }
    result: Member
  }
  /** Put somebody of a lower rank out of a room, and keep them out. */
  'members.ban': {
    params: {
      room: number
      user: number
    }
    result: null
  }
  /** Let somebody into a room again. They are not put back in it. */
  'members.unban': {
    params: {
      room: number
      user: number
    }
    result: null
  }
  /** Who is kept out of a room that one moderates, by user id. */
  'members.bans': {
    params: {
      room: number
      after?: number
      limit?: number
    }
    result: Bans
  }
  /** Say something in a room, or in answer to one of its messages; with the kind "me", what one does. The same nonce */
  'messages.post': {
    params: {
      room: number
      body: string
      nonce: string
      files?: string[]
      thread?: number | null
      also?: boolean
      kind?: '' | 'me'
    }
    result: Message
  }
  /** Messages of a room, or the answers of a thread of it, before, after or around a place (a message's `seq`); the */
  'messages.page': {
    params: {
      room: number
      thread?: number | null
      before?: number | null
      after?: number | null
      around?: number | null
      limit?: number
    }
    result: History
  }
  /** The first message of a room that was said at a time or later. */
  'messages.first': {
    params: {
      room: number
      at: string
    }
    result: Message | null
  }
  /** Change what one has said. Whom it calls only now hears of it. */
  'messages.edit': {
    params: {
      message: number
      body: string
    }
    result: Message
  }
  /** Take back a message of one's own, or as a moderator anybody's. An empty row is left, and where it was passed on */
  'messages.delete': {
    params: {
      message: number
    }
    result: Message
  }
  /** What a message with this body will look like in a room. Nothing is kept, and nobody is called. */
  'messages.render': {
    params: {
      room: number
      body: string
    }
    result: Written
  }
  /** Ask something in a room, with two to ten answers. Its body says the same in words, for search and for clients */
  'polls.create': {
    params: {
      room: number
      question: string
      options: string[]
      nonce: string
      many?: boolean
    }
    result: Message
  }
  /** Choose answers by their places, from 0; what one chose before counts no more. None takes one's vote back. */
  'polls.vote': {
    params: {
      message: number
      options: number[]
    }
    result: Message
  }
  /** End a poll of one's own, or as a moderator anybody's: its result stays. */
  'polls.close': {
    params: {
      message: number
    }
    result: Message
  }
  /** Files of a room, the newest first; `before` is one of them. */
  'files.page': {
    params: {
      room: number
      before?: string | null
      limit?: number
    }
    result: Files
  }
  /** Remove a file of one's own, or as a moderator anybody's. A message that said nothing else goes with it. */
  'files.delete': {
    params: {
      file: string
    }
    result: null
  }
  /** Messages that have all that is asked for, in one room or in all that the caller may read, below an id. */
  'messages.search': {
    params: {
      query: string
      before?: number
      limit?: number
      room?: number | null
    }
    result: Results
  }
  /** What a message said before it was edited. */
  'messages.history': {
    params: {
      message: number
      before?: number
      limit?: number
    }
    result: Edits
  }
  /** Put an emoji to a message, or take one's own back; its author hears of it. What is so already stays so. */
  'messages.react': {
    params: {
      message: number
      emoji: string
      on: boolean
    }
    result: Message
  }
  /** Pin a message, or no longer: any member but guests. */
  'messages.pin': {
    params: {
      message: number
      on: boolean
    }
    result: Message
  }
  /** The pinned messages of a room before a place in it. */
  'messages.pins': {
    params: {
      room: number
      before?: number
      limit?: number
    }
    result: Pins
  }
  /** Pass a message that one can read on to another room, as it is now, with words of one's own or without. */
  'messages.forward': {
    params: {
      message: number
      room: number
      body?: string
      nonce: string
    }
    result: Message
  }
  /** The message behind a link, `/rooms/<slug>/<seq>`, for whoever may read it. */
  'messages.look': {
    params: {
      room: string
      seq: number
    }
    result: Quote
  }
  /** Take a preview away from a message of one's own, or as a moderator from anybody's; it does not come back. */
  'previews.remove': {
    params: {
      message: number
      place: number
    }
    result: Message
  }
  /** Show a message to those who moderate its room, once. */
  'messages.report': {
    params: {
      message: number
      reason: string
    }
    result: null
  }
  /** What was reported in the rooms that one moderates, for administrators in all; what is dealt with, or what is */
  'reports.page': {
    params: {
      room?: number | null
      done?: boolean
      before?: number
      limit?: number
    }
    result: Reports
  }
  /** A report, and with it every other of the same message, is dealt with; `erase` deletes the message. */
  'reports.done': {
    params: {
      report: number
      erase?: boolean
    }
    result: null
  }
  /** Keep what one has begun to write in a room or one of its threads. Empty, it is over, also where one has left. */
  'drafts.save': {
    params: {
      room: number
      body: string
      thread?: number | null
    }
    result: Draft
  }
  /** Say something at a time to come, within a year. At most 100 wait. */
  'scheduled.create': {
    params: {
      room: number
      body: string
      due_at: string
      thread?: number | null
    }
    result: Scheduled
  }
  /** Change what one will say, or when. One that could not be said waits again once it has a new time. */
  'scheduled.edit': {
    params: {
      id: number
      body?: string | null
      due_at?: string | null
    }
    result: Scheduled
  }
  /** Do not say it. */
  'scheduled.cancel': {
    params: {
      id: number
    }
    result: null
  }
  /** All that one has scheduled. */
  'scheduled.page': {
    params: Record<string, never>
    result: ScheduledPage
  }
  /** Be reminded at a time to come, within a year, of something or of a message. At most 100 wait. */
  'reminders.create': {
    params: {
      text: string
      due_at: string
      message?: number | null
    }
    result: Reminder
  }
  /** Do not be reminded. */
  'reminders.cancel': {
    params: {
      id: number
    }
    result: null
  }
  /** All of one's reminders that wait. */
  'reminders.page': {
    params: Record<string, never>
    result: RemindersPage
  }
  /** Everything up to a message is read, and the mentions in it are done. The mark never goes back, and never past the */
  'reads.mark': {
    params: {
      room: number
      seq: number
    }
    result: Mine
  }
  /** Everything from a message on is unread. */
  'reads.unmark': {
    params: {
      message: number
    }
    result: Mine
  }
  /** Keep a message for later, or no longer, also one that is deleted or of a room that one has left. */
  'saved.set': {
    params: {
      message: number
      on: boolean
    }
    result: Saved
  }
  /** Be done with a saved message, or not yet after all. */
  'saved.done': {
    params: {
      message: number
      on: boolean
    }
    result: Saved
  }
  /** Saved messages with their texts; those of rooms that one has left are not given. */
  'saved.page': {
    params: {
      done?: boolean
      before?: number | null
      limit?: number
    }
    result: SavedPage
  }
  /** Which messages one keeps: all of them, without their texts. */
  'saved.marks': {
    params: Record<string, never>
    result: Saved[]
  }
  /** The workspace's own emoji, for everybody who is signed in. */
  'emoji.page': {
    params: {
      after?: number
      limit?: number
    }
    result: EmojiPage
  }
  /** Let everybody use a picture that one has sent by a name. */
  'emoji.add': {
    params: {
      name: string
      file: string
    }
    result: Emoji
  }
  /** Take one away: one's own, or as an administrator anybody's. Where it was used, its name stays. */
  'emoji.remove': {
    params: {
      id: number
    }
    result: Emoji
  }
  /** The answered threads that one follows, all or those with something unread. */
  'threads.page': {
    params: {
      before?: number
      limit?: number
      unread?: boolean
    }
    result: Threads
  }
  /** Follow the thread of a message, or no longer. What was answered before is read. */
  'threads.follow': {
    params: {
      message: number
      on: boolean
    }
    result: Thread
  }
  /** The answers of a thread are read up to a seq of its room, and what the inbox says of them is done. The mark never */
  'threads.mark': {
    params: {
      thread: number
      seq: number
    }
    result: Thread
  }
  /** What is in one's inbox: all, or one kind, or what is undone. */
  'inbox.page': {
    params: {
      kind?: 'mention' | 'reaction' | 'reminder' | 'thread' | null
      undone?: boolean
      before?: number
      limit?: number
    }
    result: Inbox
  }
  /** Mark a notice as done, or as undone again. */
  'inbox.mark': {
    params: {
      notice: number
      on: boolean
    }
    result: Notice
  }
  /** Mark everything as done. */
  'inbox.mark_all': {
    params: Record<string, never>
    result: Counts
  }
  /** Set what one hears of a room, whether it stands first, and until when it is muted (null: it is not). */
  'mine.set': {
    params: {
      room: number
      notify?: 'all' | 'mentions' | 'none' | null
      starred?: boolean | null
      muted_until?: string | null
    }
    result: Mine
  }
  /** Set the words that one wants to hear of wherever they are said, whether others see when one was last here, and */
  'preferences.set': {
    params: {
      keywords?: string[] | null
      shows_seen?: boolean | null
      shows_text?: boolean | null
    }
    result: Preferences
  }
  /** Have the browser that calls told, at the address and with the keys that it got from its push service. It is one */
  'push.subscribe': {
    params: {
      endpoint: string
      p256dh: string
      auth: string
    }
    result: Device
  }
  /** Do not tell one of one's devices any more, or the one that calls. It is no error if it is not told. */
  'push.unsubscribe': {
    params: {
      id?: number | null
    }
    result: null
  }
  /** One's devices. */
  'push.list': {
    params: Record<string, never>
    result: Devices
  }
  /** Tell one of one's devices that it works. */
  'push.test': {
    params: {
      id: number
    }
    result: null
  }
  /** What one's devices were told, and what became of it; the last hundred are kept, and nothing of what was said. */
  'push.log': {
    params: {
      before?: number
      limit?: number
    }
    result: Log
  }
  /** All groups; for guests none. */
  'groups.page': {
    params: Record<string, never>
    result: Groups
  }
  /** Make a group that these people are called by. */
  'groups.create': {
    params: {
      handle: string
      name: string
      users: number[]
    }
    result: Group
  }
  /** Give a group another handle, another name or other people. */
  'groups.edit': {
    params: {
      group: number
      handle?: string | null
      name?: string | null
      users?: number[] | null
    }
    result: Group
  }
  /** Take a group away; its handle is free again. */
  'groups.remove': {
    params: {
      group: number
    }
    result: null
  }
  /** Who of a room is here now. */
  'presence.here': {
    params: {
      room: number
    }
    result: People
  }
  /** Say that this connection fell idle, or is in use again. */
  'presence.set': {
    params: {
      state: 'away' | 'online'
    }
    result: null
  }
  /** Say that one is writing in a room, or in a thread of it. */
  'presence.typing': {
    params: {
      room: number
      thread?: number | null
    }
    result: null
  }
  /** Everyone; for guests the people of their rooms. */
  'users.page': {
    params: {
      after?: number
      limit?: number
    }
    result: UsersPage
  }
  /** Users with a word of the name, or the handle, that begins with the query. */
  'users.find': {
    params: {
      query: string
      limit?: number
    }
    result: UsersPage
  }
  /** Give somebody another role in the workspace. They sign in anew. */
  'users.role': {
    params: {
      user: number
      role: 'admin' | 'guest' | 'member' | 'owner'
    }
    result: User
  }
  /** Keep somebody out of the workspace, a guest also by the address that they came from. Their sessions end at */
  'users.ban': {
    params: {
      user: number
      address?: boolean
    }
    result: User
  }
  /** Let somebody in again. */
  'users.unban': {
    params: {
      user: number
    }
    result: User
  }
  /** Take no direct messages from somebody, or take them again. */
  'users.block': {
    params: {
      user: number
      on: boolean
    }
    result: Preferences
  }
  /** When somebody was last here, if they let others know. */
  'users.seen': {
    params: {
      user: number
    }
    result: Seen
  }
  /** Change the workspace's name and what it lets people do. */
  'admin.settings': {
    params: {
      name?: string | null
      guests?: boolean | null
      signup?: boolean | null
      creating?: 'admins' | 'all' | null
      calling?: 'all' | 'moderators' | null
      previews?: boolean | null
    }
    result: Settings
  }
  /** What administrators and moderators did. */
  'admin.audit': {
    params: {
      before?: number
      limit?: number
    }
    result: Entries
  }
  /** How much there is in the workspace. */
  'admin.stats': {
    params: Record<string, never>
    result: Stats
  }
  /** The addresses from which no guest comes in. */
  'admin.addresses': {
    params: {
      after?: string
      limit?: number
    }
    result: Addresses
  }
  /** Let guests in from an address again. */
  'admin.lift': {
    params: {
      address: string
    }
    result: null
  }
}

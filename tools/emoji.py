#!/usr/bin/env python3
"""Writes chinwag/services/emoji.json: every emoji recommended for interchange (RGI, UTS #51), grouped and named.

Run it with Node on the PATH when Unicode has grown. Which sequences are RGI, and what regions are called, Node's ICU
knows; the short names are the Unicode names by rule, with the names that people are used to typing in ALIASES.
"""

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

OUT = Path(__file__).parent.parent / "chinwag" / "services" / "emoji.json"

FIND = r"""
const rgi = /^\p{RGI_Emoji}$/v, z = '\u200d', vs = '\ufe0f', tone = '\u{1f3fb}'
const regions = new Intl.DisplayNames('en', { type: 'region' })
const found = new Map()
function keep(text, name = '') {
  if (rgi.test(text) && !/\p{Emoji_Modifier}/u.test(text) && !found.has(text)) found.set(text, name)
}
for (let point = 0xa9; point < 0x1fb00; point += 1) {
  const one = String.fromCodePoint(point)
  keep(one); keep(one + vs)
}
const singles = [...found.keys()]
for (const key of '0123456789#*') keep(key + vs + '\u20e3', 'keycap ' + ({ '#': 'hash', '*': 'asterisk' }[key] ?? key))
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const flag = (letter) => String.fromCodePoint(0x1f1a5 + letter.charCodeAt(0))
for (const a of letters) for (const b of letters) {
  const both = flag(a) + flag(b)
  if (rgi.test(both)) keep(both, `flag ${a}${b} ${regions.of(a + b)}`)
}
const tag = (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))
for (const [tags, name] of [['gbeng', 'England'], ['gbsct', 'Scotland'], ['gbwls', 'Wales']]) {
  keep('\u{1f3f4}' + [...tags].map(tag).join('') + '\u{e007f}', 'flag ' + name)
}
for (const a of singles) for (const b of singles) keep(a + z + b)
const people = [...'👨👩🧑'], all = [...people, ...'👦👧🧒'], heart = '\u2764\ufe0f'
for (const pair of [...found.keys()].filter((text) => text.includes(z))) keep(pair + z + '\u27a1\ufe0f')
for (const a of people) for (const b of all) {
  keep([a, heart, b].join(z)); keep([a, heart, '💋', b].join(z)); keep([a, '🤝', b].join(z))
  for (const c of all) { keep([a, b, c].join(z)); for (const d of all) keep([a, b, c, d].join(z)) }
}
const isBase = (one, text) => /\p{Emoji_Modifier_Base}/u.test(one) && (text === one || one !== '🤝')
const bases = (text) => [...text].filter((one) => isBase(one, text))
const toned = (text, given) => [...text.replace(/(\p{Emoji_Modifier_Base})\ufe0f/gu, '$1')]
  .map((one) => bases(text).includes(one) ? one + given : one).join('')
const takesTones = (text) => bases(text).length > 0 && rgi.test(toned(text, tone))
const rows = [...found].map(([text, name]) => ({ text, name, tones: takesTones(text) }))
console.log(JSON.stringify(rows))
"""

# Where Unicode's blocks put what belongs together, as code points "from-to"; the first that holds one is its group.
GROUPS = {
    "smileys": """
        1f600-1f637 1f641-1f644 1f910-1f917 1f920-1f92f 1f970-1f97a 1f9d0 1fae0-1faea 2639 263a 1f638-1f640
        1f479-1f47f 1f480 2620 1f4a9 1f648-1f64a 1f648 1f48b-1f48c 1f493-1f49f 1f494 2763-2764 1f9e1 1f90d-1f90e
        1f5a4 1fa75-1fa77 1f4af 1f4a2 1f4a5 1f4ab 1f4a6 1f4a8 1f573 1f4ac 1f5e8 1f5ef 1f4ad 1f4a4 1f441 1faef
    """,
    "people": """
        1f44a-1f450 1f446-1f449 1f595 1f590 1f596 1f590 1f64c 1f64f 1f91a-1f91f 1f918-1f919 1f90c 1f90f
        1faf0-1faf8 261d 270a-270d 1f4aa 1f933 1f485 1f932 1f9b5-1f9b7 1f9bb 1f9be-1f9bf 1f9e0 1fac0-1fac1 1fac6
        1f440-1f445 1fae6 1f464-1f478 1f481-1f487 1f48f 1f491 1f57a 1f574-1f575 1f5e3 1f645-1f647 1f64b
        1f64d-1f64e 1f6a3 1f6b4-1f6b6 1f6c0 1f6cc 1f385 1f3c2-1f3c4 1f3c7 1f3ca-1f3cc 26f9 1f926 1f930-1f931
        1f934-1f93e 1f977 1f9b8-1f9b9 1f9cc-1f9cf 1f9d1-1f9df 1fac2-1fac5 1fac8 1f47c 1f463 26f7 1f93a 1f9b4
    """,
    "nature": """
        1f400-1f43f 1f54a 1f577-1f578 1f980-1f9ae 1fab0-1fabf 1facd-1facf 1fad8 1f330-1f344 1f490 1f3f5 2618
        1f940 1f9a0
    """,
    "food": """
        1f32d-1f32f 1f345-1f37f 1f95d-1f96f 1f950-1f95f 1f9c0-1f9cb 1fad0-1fadc 1f382 1f52a 1f942-1f944 2615
        1f9ca 1fad6 1f37d 1f3fa
    """,
    "travel": """
        1f680-1f6ff 1f3d4-1f3f0 1f5fa-1f5ff 1f30d-1f311 1f301-1f320 1f32c 1f321-1f32b 1f54b-1f54d 26ea 26f0 26f1
        26f2 26f4-26f5 26fa 26fd 2693 2668 1f3a0-1f3a2 1f3aa 1f488 1f492 1f3cd-1f3ce 1f9bc-1f9bd 1fa82 1f9ed
        1f9f3 1f550-1f567 231a-231b 23e9-23f3 23f0 2600-2604 2614 26a1 2744 26c4 26c5 26c8 2b50 1f525 1f570 1f320
        2708 1faa8 1f9f1 1fab5 1f6d8
    """,
    "activities": """
        1f380-1f3c9 1f3cf-1f3d3 1f3f8-1f3f9 1f93f-1f949 1f94a-1f94f 26bd-26be 26f3 26f8 1f3ae-1f3b4 2660 2663
        2665-2666 265f 1f004 1f0cf 2728 1f52e 1f9e7-1f9e9 1f9f8 1fa80-1fa81 1fa83-1fa86 1faa9 1faac 1f579 1f5bc
        1f9f5-1f9f6 1f397 1f399
    """,
    "symbols": """
        1f500-1f52a 1f52f-1f549 1f54e 1f300 1f3a6 1f3e7 1f170-1f251 1f4f3-1f4f6 1f4b1-1f4b2 1f4db 1f4a0 1f5e8
        2000-2bff 3000-32ff a9 ae 1f7e0-1f7f0 1faaf 1f7f0 1f4a0
    """,
    "objects": "1f300-1faff",
}
SYMBOLS_THAT_ARE_OBJECTS = """
    1f507-1f50f 1f510-1f513 1f514-1f515 1f516 1f526-1f52d 231a 2328 260e 2692 2694 2697 2696 2699 26b0 26b1 26cf
    26d3 2702 2709 270f 2712 1f52b
"""
PEOPLE = {"👨": "man", "👩": "woman", "🧑": "person", "👦": "boy", "👧": "girl", "🧒": "child"}
WITH = {
    "⚕": "health worker",
    "⚖": "judge",
    "✈": "pilot",
    "🌾": "farmer",
    "🍳": "cook",
    "🍼": "feeding baby",
    "🎓": "student",
    "🎤": "singer",
    "🎨": "artist",
    "🏫": "teacher",
    "🏭": "factory worker",
    "💻": "technologist",
    "💼": "office worker",
    "🔧": "mechanic",
    "🔬": "scientist",
    "🚀": "astronaut",
    "🚒": "firefighter",
    "🎄": "claus",
    "🩰": "ballet dancer",
    "🦯": "with cane",
    "🦰": "red hair",
    "🦱": "curly hair",
    "🦲": "bald",
    "🦳": "white hair",
    "🦼": "in motorized wheelchair",
    "🦽": "in manual wheelchair",
}
SEQUENCES = {
    "🏳️‍🌈": "rainbow flag",
    "🏳️‍⚧️": "transgender flag",
    "🏴‍☠️": "pirate flag",
    "🐻‍❄️": "polar bear",
    "🐦‍⬛": "black bird",
    "🐦‍🔥": "phoenix",
    "🐈‍⬛": "black cat",
    "🐕‍🦺": "service dog",
    "❤️‍🔥": "heart on fire",
    "❤️‍🩹": "mending heart",
    "😶‍🌫️": "face in clouds",
    "😮‍💨": "face exhaling",
    "😵‍💫": "face with spiral eyes",
    "👁️‍🗨️": "eye in speech bubble",
    "🙂‍↔️": "head shaking",
    "🙂‍↕️": "head nodding",
    "⛓️‍💥": "broken chain",
    "🍋‍🟩": "lime",
    "🍄‍🟫": "brown mushroom",
    "🧑‍🤝‍🧑": "people holding hands",
    "👯‍♂️": "men with bunny ears",
    "👯‍♀️": "women with bunny ears",
}
# Those that this Python's Unicode is too old to name.
NEW = dict(
    line.split(" ", 1)
    for line in """\
1fa75 light blue heart
1fa76 grey heart
1fa77 pink heart
1fa87 maracas
1fa88 flute
1fa89 harp
1fa8a trombone
1fa8e treasure chest
1fa8f shovel
1faad folding hand fan
1faae hair pick
1faaf khanda
1fabb hyacinth
1fabc jellyfish
1fabd wing
1fabe leafless tree
1fabf goose
1fac6 fingerprint
1fac8 hairy creature
1facd orca
1face moose
1facf donkey
1fada ginger root
1fadb pea pod
1fadc root vegetable
1fadf splatter
1fae8 shaking face
1fae9 face with bags under eyes
1faea distorted face
1faef fight cloud
1faf7 leftwards pushing hand
1faf8 rightwards pushing hand
1f6d8 landslide
1f6dc wireless""".splitlines()
)
# What people are used to typing; the first is what it is called from then on.
ALIASES = dict(
    line.split(" ", 1)
    for line in """\
👍 +1 thumbsup thumbs_up yes
👎 -1 thumbsdown thumbs_down no
❤️ heart red_heart love
😄 smile
😃 smiley
😀 grinning
😁 grin
😂 joy tears lol
🤣 rofl
😆 laughing satisfied haha
😅 sweat_smile
😉 wink
😊 blush
🙂 slightly_smiling
🙃 upside_down
😍 heart_eyes
🥰 smiling_face_with_hearts
😘 kissing_heart
😎 sunglasses cool
🤩 star_struck
🥳 partying party
😏 smirk
😐 neutral
😑 expressionless
😒 unamused
🙄 rolling_eyes
🤔 thinking hmm
🤫 shushing
🤭 hand_over_mouth
😔 pensive
😕 confused
🙁 slightly_frowning
☹️ frowning
😢 cry
😭 sob
😤 triumph
😠 angry
😡 rage
🤬 cursing
🤯 exploding_head mind_blown
😳 flushed
😱 scream
😨 fearful
😰 cold_sweat
😥 disappointed_relieved
😓 sweat
😞 disappointed
😩 weary
😫 tired
😴 sleeping
🤤 drooling
😪 sleepy
😷 mask
🤒 thermometer_face
🤮 vomiting
🤢 nauseated
🤧 sneezing
😇 innocent angel_face
🤠 cowboy
🤡 clown
🤗 hugs hugging
🫡 saluting salute
🫠 melting
🥹 holding_back_tears
🥺 pleading
🤓 nerd
🧐 monocle
😈 smiling_imp
👿 imp
💀 skull dead
☠️ skull_and_crossbones
👻 ghost
👽 alien
🤖 robot
💩 poop shit
🙈 see_no_evil
🙉 hear_no_evil
🙊 speak_no_evil
💋 kiss
💔 broken_heart
💯 100 hundred
💥 boom collision
💫 dizzy
💦 sweat_drops
💤 zzz
👋 wave hello bye
🖐️ raised_hand_with_fingers_splayed
✋ raised_hand stop high_five
🖖 vulcan spock
👌 ok_hand
🤌 pinched_fingers
✌️ v victory peace
🤞 crossed_fingers fingers_crossed
🤘 metal rock_on
🤙 call_me
👈 point_left
👉 point_right
👆 point_up_2
👇 point_down
☝️ point_up
✊ fist
👊 punch fist_bump
👏 clap applause
🙌 raised_hands hooray
🤝 handshake deal
🙏 pray please thanks thank_you
✍️ writing_hand
💅 nail_care
💪 muscle strong
🧠 brain
👀 eyes look
👁️ eye
👄 lips
👶 baby
🤷 shrug
🤦 facepalm
🙋 raising_hand
🙇 bow
💃 dancer
🕺 man_dancing
🏃 runner running
🚶 walking
👪 family
🐶 dog
🐱 cat
🐭 mouse
🐰 rabbit
🦊 fox
🐻 bear
🐼 panda
🐸 frog
🐵 monkey_face
🐒 monkey
🐔 chicken
🐧 penguin
🐦 bird
🦄 unicorn
🐝 bee honeybee
🐛 bug
🦋 butterfly
🐢 turtle
🐍 snake
🐙 octopus
🐳 whale
🐟 fish
🌵 cactus
🌲 evergreen_tree
🌱 seedling
🍀 four_leaf_clover luck
🌹 rose
🌻 sunflower
💐 bouquet flowers
🍎 apple
🍌 banana
🍓 strawberry
🍕 pizza
🍔 hamburger burger
🍟 fries
🌮 taco
🍣 sushi
🍪 cookie
🎂 birthday cake
🍰 shortcake
☕ coffee
🍵 tea
🍺 beer
🍻 beers cheers
🍷 wine_glass
🥂 champagne_glasses
🍾 champagne
🌍 earth_africa
🌎 earth_americas
🌏 earth_asia
☀️ sunny sun
🌙 crescent_moon
⭐ star
🌟 star2
✨ sparkles
⚡ zap lightning
🔥 fire lit
🌈 rainbow
☁️ cloud
❄️ snowflake
⛄ snowman
🌊 ocean wave_water
🚀 rocket ship_it
✈️ airplane
🚗 car
🚲 bike bicycle
🚆 train
🏠 house home
🎉 tada party_popper congratulations
🎊 confetti_ball
🎁 gift present
🎈 balloon
🏆 trophy
🥇 1st_place gold
🥈 2nd_place silver
🥉 3rd_place bronze
⚽ soccer football
🏀 basketball
🎮 video_game
🎲 game_die
🎯 dart bullseye
🎵 musical_note
🎶 notes music
🎸 guitar
💻 computer laptop
🖥️ desktop
📱 iphone mobile
☎️ phone telephone
📷 camera
💡 bulb idea
🔦 flashlight
📌 pushpin pin
📍 round_pushpin
📎 paperclip
✏️ pencil2 pencil
📝 memo note
📅 date
📆 calendar
📈 chart_up
📉 chart_down
📊 bar_chart
📦 package
📧 e-mail email
✉️ envelope
📣 mega
📢 loudspeaker
🔔 bell
🔕 no_bell
🔒 lock
🔓 unlock
🔑 key
🔨 hammer
🔧 wrench
⚙️ gear
🔗 link
🔍 mag search
💰 moneybag
💵 dollar
⏰ alarm_clock
⏳ hourglass_flowing
⌛ hourglass
✅ white_check_mark check done
✔️ heavy_check_mark
☑️ ballot_box_with_check
❌ x cross
❎ negative_cross
❓ question
❗ exclamation
‼️ bangbang
⁉️ interrobang
⚠️ warning
🚫 no_entry_sign
⛔ no_entry
🚧 construction
🆗 ok
🆕 new
🆒 cool_button
🆘 sos
➕ plus
➖ minus
➡️ arrow_right
⬅️ arrow_left
⬆️ arrow_up
⬇️ arrow_down
🔁 repeat
♻️ recycle
🔴 red_circle
🟢 green_circle
🟡 yellow_circle
🔵 blue_circle
⚫ black_circle
⚪ white_circle
🏁 checkered_flag
🚩 triangular_flag
🏳️ white_flag
🏴 black_flag
🇺🇸 us usa
🇬🇧 gb uk
🇩🇪 de germany
🇫🇷 fr france
🇮🇹 it italy
🇪🇸 es spain
🇯🇵 jp japan
🇨🇳 cn china
🇰🇷 kr korea
🇷🇺 ru russia""".splitlines()
)

JOINER, VARIANT = "\u200d", "\ufe0f"
# Two people who are not alike have no sequence without tones: these are written with two different ones.
MIXED = "👩‍🤝‍👩 👨‍🤝‍👨 👩‍🤝‍👨 🧑‍❤️‍🧑 🧑‍❤️‍💋‍🧑 🫱‍🫲 🧑‍🐰‍🧑 👨‍🐰‍👨 👩‍🐰‍👩 🧑‍🫯‍🧑 👨‍🫯‍👨 👩‍🫯‍👩".split()


def span(words: str) -> list[tuple[int, int]]:
    """The code points of "1f600-1f637 2639"."""
    ends = [word.partition("-") for word in words.split()]
    return [(int(first, 16), int(last or first, 16)) for first, _, last in ends]


def place(text: str) -> tuple[int, int, int]:
    """Where an emoji stands: its group, its range in it, its code point."""
    point, groups = ord(text[0]), list(GROUPS)
    if text[-1] in "\u20e3":
        return groups.index("symbols"), 99, point
    if 0x1F1E6 <= point <= 0x1F1FF or point in (0x1F3F3, 0x1F3F4, 0x1F6A9, 0x1F3C1, 0x1F38C):
        return len(groups), 0 if point > 0x1F200 else 1, point
    if any(first <= point <= last for first, last in span(SYMBOLS_THAT_ARE_OBJECTS)):
        return groups.index("objects"), 0, point
    for number, words in enumerate(GROUPS.values()):
        for order, (first, last) in enumerate(span(words)):
            if first <= point <= last:
                return number, order, point
    raise LookupError(f"{text} {point:x} has no group")


def words_of(text: str) -> str:
    """What it is called, in words."""
    if text in SEQUENCES:
        return SEQUENCES[text]
    parts = text.replace(VARIANT, "").split(JOINER)
    if len(parts) == 1:
        point = f"{ord(text[0]):x}"
        name = unicodedata.name(text[0], "").lower() or NEW[point]
        if ord(text[0]) < 0x2C00:
            name = re.sub(
                r"^((heavy|black|white) )+(?!(heavy |black |white )?(circle|square|large|medium|small))", "", name
            )
        return re.sub(r" (sign|symbol|ideograph)$", "", name)
    if parts[-1] == "➡":
        return f"{words_of(JOINER.join(parts[:-1]))} facing right"
    if parts[-1] in "♂♀" and len(parts) == 2:
        return f"{'man' if parts[1] == '♂' else 'woman'} {words_of(parts[0])}".replace("person ", "")
    if "❤" in parts:
        kind = "kiss" if "💋" in parts else "couple with heart"
        return f"{kind} {PEOPLE[parts[0]]} {PEOPLE[parts[-1]]}"
    if all(part in PEOPLE for part in parts):
        return " ".join(["family", *map(PEOPLE.__getitem__, parts)])
    return f"{PEOPLE[parts[0]]} {WITH[parts[1]]}"


def slug(words: str) -> str:
    plain = (
        unicodedata.normalize("NFKD", words)
        .encode("ascii", "ignore")
        .decode()
        .lower()
        .replace("&", "and")
        .replace("'", "")
    )
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def names_of(row: dict[str, object], taken: set[str]) -> str:
    """Its names, the usual first, each of them no other's."""
    text = str(row["text"])
    own = [slug(str(row["name"]) or words_of(text))]
    names = [*ALIASES.get(text, "").split(), *own]
    names += [own[0] + "_emoji"] if not set(names) - taken else []
    kept = [name for name in dict.fromkeys(names) if name not in taken]
    taken.update(kept)
    return " ".join(kept)


def main() -> None:
    """Write the table."""
    rows = json.loads(subprocess.run(["node", "-e", FIND], capture_output=True, check=True, text=True).stdout)
    rows.sort(key=lambda row: (place(row["text"]), len(row["text"]), row["text"]))
    taken: set[str] = {name for names in ALIASES.values() for name in names.split()}
    groups: list[list[list[object]]] = [[] for _ in range(len(GROUPS) + 1)]
    for row in rows:
        mine = ALIASES.get(row["text"], "").split()
        entry: list[object] = [row["text"], names_of(row, taken - set(mine))]
        taken.update(str(entry[1]).split())
        groups[place(row["text"])[0]].append([*entry, 1] if row["tones"] else entry)
    table = {
        "groups": [{"name": name, "emoji": emoji} for name, emoji in zip([*GROUPS, "flags"], groups, strict=True)],
        "mixed": MIXED,
    }
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":")).replace("[[", "[\n[").replace("],[", "],\n[")
    OUT.write_text(text + "\n", encoding="utf-8")
    counts = ", ".join(f"{len(emoji)} {name}" for name, emoji in zip([*GROUPS, "flags"], groups, strict=True))
    sys.stdout.write(f"{len(rows)} emoji: {counts}\n")


if __name__ == "__main__":
    main()

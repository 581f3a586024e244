"""A font in which every character is a pattern of its own: for tests of fonts that a document does not bring.

It is TrueType, made from nothing but the characters' numbers: the bits of a number are squares in a frame.
"""

import struct

EM = 1000
CELL = 150

CHARACTERS = sorted(
    {chr(code) for code in range(0x21, 0x7F)}
    | set("ĄĆĘŁŃŚŹŻąćęłńśźżČĎĚŇŘŠŤŮŽčďěňřšťůžŐŰőűŞŢşţĂă")
    | {chr(code) for code in range(0x391, 0x3CA) if code not in (0x3A2,)}
    | {chr(code) for code in range(0x410, 0x450)}
    | set("あいうアイウ日本語東京年月国会们这时来个说学对中文們國時會來個說學對한국어이의에서가나다라마바사")
)


def squares(code):
    """The squares of a character: 4 columns and 4 rows for its bits, and a bar below that all have."""
    yield 50, 0, 650, 80
    for bit in range(16):
        if code >> bit & 1:
            x, y = 50 + bit % 4 * CELL, 120 + bit // 4 * CELL
            yield x, y, x + CELL - 30, y + CELL - 30


def outline(code):
    """The glyph of a character."""
    corners, ends = [], []
    for left, bottom, right, top in squares(code):
        corners += [(left, bottom), (left, top), (right, top), (right, bottom)]
        ends.append(len(corners) - 1)
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    data = struct.pack(">hhhhh", len(ends), min(xs), min(ys), max(xs), max(ys))
    data += struct.pack(f">{len(ends)}HH", *ends, 0) + b"\x01" * len(corners)
    for all_of_axis in (xs, ys):
        data += b"".join(struct.pack(">h", b - a) for a, b in zip([0, *all_of_axis], all_of_axis))
    return data + b"\0" * (-len(data) % 4)


def character_map(codes):
    """Format 12, a group for each run of characters whose glyphs follow each other."""
    groups = []
    for glyph, code in enumerate(codes, 1):
        if groups and groups[-1][1] == code - 1:
            groups[-1][1] = code
        else:
            groups.append([code, code, glyph])
    table = struct.pack(">HHIII", 12, 0, 16 + 12 * len(groups), 0, len(groups))
    table += b"".join(struct.pack(">III", *group) for group in groups)
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def names(family):
    """What the font is called."""
    texts = {1: family, 2: "Regular", 4: family, 6: family.replace(" ", "")}
    records, strings = b"", b""
    for number, text in texts.items():
        data = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, number, len(data), len(strings))
        strings += data
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + strings


def checksum(data):
    """The sum of a table's words."""
    data += b"\0" * (-len(data) % 4)
    return sum(struct.unpack(f">{len(data) // 4}I", data)) & 0xFFFFFFFF


def font(family="Dio Marks", characters=CHARACTERS):
    """The font file."""
    codes = [ord(character) for character in characters]
    glyphs = [b""] + [outline(code) for code in codes]
    offsets, at = [], 0
    for glyph in [*glyphs, b""]:
        offsets.append(at)
        at += len(glyph)
    count = len(glyphs)
    metrics = struct.pack(f">{2 * count}H", *(value for _ in glyphs for value in (700, 50)))
    box = (0, -200, 700, 800)
    tables = {
        b"OS/2": struct.pack(
            ">HhHHHhhhhhhhhhhh10s4I4sHHHhhhHHII", 3, 700, 400, 5, 0, *([0] * 10), 0, b"\0" * 10, 0, 0, 0, 0,
            b"DIO ", 0x40, min(codes), min(max(codes), 0xFFFF), 800, -200, 0, 800, 200, 0, 0,
        ) + struct.pack(">hhHHH", 500, 700, 0, 32, 0),
        b"cmap": character_map(codes),
        b"glyf": b"".join(glyphs),
        b"head": struct.pack(">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, EM, 0, 0, *box, 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 800, -200, 0, 700, 50, 0, 700, 1, 0, *([0] * 6), count),
        b"hmtx": metrics,
        b"loca": struct.pack(f">{len(offsets)}I", *offsets),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, count, 200, 40, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": names(family),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }
    exponent = len(tables).bit_length() - 1
    reach = 16 << exponent
    head = struct.pack(">IHHHH", 0x10000, len(tables), reach, exponent, 16 * len(tables) - reach)
    directory, body, at = b"", b"", 12 + 16 * len(tables)
    for tag, data in sorted(tables.items()):
        directory += struct.pack(">4sIII", tag, checksum(data), at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    whole = bytearray(head + directory + body)
    adjustment = (0xB1B0AFBA - checksum(bytes(whole))) & 0xFFFFFFFF
    place = whole.index(struct.pack(">I", 0x5F0F3CF5)) - 4
    whole[place : place + 4] = struct.pack(">I", adjustment)
    return bytes(whole)

#!/usr/bin/env python3
"""Makes the samples of this folder, to the byte, with nothing but the standard library.

    python3 tests/data/make.py              writes them beside this script
    python3 tests/data/make.py --into DIR   writes them elsewhere
    python3 tests/data/make.py --check      says whether the files that are here are these
"""
import argparse
import lzma
import struct
import sys
import zlib
from pathlib import Path

import webp
from font import font

GLYPHS = {  # 5 x 7 pixels, a row per number, most significant bit leftmost
    "1": (4, 12, 4, 4, 4, 4, 14),
    "D": (30, 17, 17, 17, 17, 17, 30),
    "I": (14, 4, 4, 4, 4, 4, 14),
    "O": (14, 17, 17, 17, 17, 17, 14),
}


class Picture:
    """Rows of whole numbers: samples, palette indices or (r, g, b)."""

    def __init__(self, width, height, paper):
        self.width, self.height = width, height
        self.rows = [[paper] * width for _ in range(height)]

    def box(self, x, y, width, height, ink):
        for row in self.rows[y : y + height]:
            row[x : x + width] = [ink] * width

    def disc(self, cx, cy, radius, ink):
        for y in range(max(cy - radius, 0), min(cy + radius + 1, self.height)):
            for x in range(max(cx - radius, 0), min(cx + radius + 1, self.width)):
                if (x - cx) ** 2 + (y - cy) ** 2 <= radius * radius:
                    self.rows[y][x] = ink

    def text(self, x, y, scale, ink, words):
        for letter in words:
            for line, bits in enumerate(GLYPHS.get(letter, ())):
                for column in range(5):
                    if bits >> (4 - column) & 1:
                        self.box(x + column * scale, y + line * scale, scale, scale, ink)
            x += 6 * scale


def packed(row, bits_per_pixel):
    """A row of small samples as bytes, most significant bit leftmost."""
    per_byte = 8 // bits_per_pixel
    out = bytearray((len(row) + per_byte - 1) // per_byte)
    for x, sample in enumerate(row):
        out[x // per_byte] |= sample << (8 - bits_per_pixel * (x % per_byte + 1))
    return bytes(out)


def packbits(row):
    """A row in the PackBits scheme of TIFF."""
    out, at = bytearray(), 0
    while at < len(row):
        run = 1
        while at + run < len(row) and run < 128 and row[at + run] == row[at]:
            run += 1
        if run > 1:
            out += bytes((257 - run, row[at]))
            at += run
            continue
        end = at + 1
        while end < len(row) and end - at < 128 and row[end : end + 1] != row[end + 1 : end + 2]:
            end += 1
        out += bytes((end - at - 1,)) + row[at:end]
        at = end
    return bytes(out)


def deflated(data):
    """A zlib stream of stored blocks: the same bytes from every version of zlib."""
    out = b"\x78\x01"
    for at in range(0, len(data), 65535):
        block = data[at : at + 65535]
        last = at + len(block) == len(data)
        out += struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block
    return out + struct.pack(">I", zlib.adler32(data))


def tiff(pages):
    """Pages of (width, height, bits, compression, photometric, dpi, strips of bytes, rows per strip)."""
    out, link = bytearray(b"II*\0\0\0\0\0"), 4
    for number, (width, height, bits, compression, photometric, dpi, strips, rows) in enumerate(pages):
        offsets = []
        for strip in strips:
            offsets.append(len(out))
            out += strip + b"\0" * (len(strip) % 2)
        dpi_at = len(out)
        out += struct.pack("<II", dpi, 1)
        offsets_at = len(out)
        out += struct.pack(f"<{len(strips)}I", *offsets)
        counts_at = len(out)
        out += struct.pack(f"<{len(strips)}I", *map(len, strips))
        count = len(strips)
        colours = 3 if photometric == 2 else 1
        bits_at = len(out)
        if colours > 1:
            out += struct.pack("<4H", bits, bits, bits, 0)
        entries = [
            (254, 4, 1, 2), (256, 4, 1, width), (257, 4, 1, height),
            (258, 3, colours, bits_at if colours > 1 else bits), (259, 3, 1, compression),
            (262, 3, 1, photometric), (273, 4, count, offsets_at if count > 1 else offsets[0]), (277, 3, 1, colours),
            (278, 4, 1, rows), (279, 4, count, counts_at if count > 1 else len(strips[0])),
            (282, 5, 1, dpi_at), (283, 5, 1, dpi_at), (296, 3, 1, 2), (297, 3, 2, number | len(pages) << 16),
        ]
        struct.pack_into("<I", out, link, len(out))
        out += struct.pack("<H", len(entries))
        for entry in entries:
            out += struct.pack("<HHII", *entry)
        link = len(out)
        out += b"\0\0\0\0"
    return bytes(out)


def lzma_tiff():
    """One gray: what it is compressed to is the same in every version of the encoder."""
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    strip = lzma.compress(bytes([200]) * (300 * 400), lzma.FORMAT_XZ, lzma.CHECK_CRC32, filters=filters)
    return tiff([(300, 400, 8, 34925, 1, 300, [strip], 400)])


def webp_tiff():
    strip = webp.file(webp.flat(300, 400, 200, 120, 40))
    return tiff([(300, 400, 8, 50001, 2, 300, [strip], 400)])


def two_page_tiff():
    fax = Picture(600, 400, 0)      # 0 is white here
    fax.box(20, 20, 560, 8, 1)
    fax.box(20, 372, 560, 8, 1)
    fax.text(60, 90, 20, 1, "DIO1")
    fax.disc(480, 290, 60, 1)
    fax.disc(480, 290, 40, 0)
    lines = [packbits(packed(row, 1)) for row in fax.rows]
    fax_strips = [b"".join(lines[at : at + 128]) for at in range(0, 400, 128)]

    photo = Picture(120, 90, 0)
    for y in range(90):
        photo.rows[y] = [(x + y) * 255 // 208 for x in range(120)]
    photo.text(30, 34, 3, 255, "DIO")
    photo.disc(95, 20, 12, 0)
    return tiff([
        (600, 400, 1, 32773, 0, 300, fax_strips, 128),
        (120, 90, 8, 1, 1, 150, [b"".join(map(bytes, photo.rows))], 90),
    ])


def lzw(samples, bits):
    """Samples as GIF compresses them, in blocks of at most 255 bytes."""
    clear, end = 1 << bits, (1 << bits) + 1
    codes, size, word, out, held, filled = {}, bits + 1, (), bytearray(), 0, 0

    def put(code):
        nonlocal held, filled
        held |= code << filled
        filled += size
        while filled >= 8:
            out.append(held & 255)
            held, filled = held >> 8, filled - 8

    def restart():
        nonlocal codes, size
        put(clear)
        codes, size = {(sample,): sample for sample in range(clear)}, bits + 1

    restart()
    for sample in samples:
        longer = word + (sample,)
        if longer in codes:
            word = longer
            continue
        put(codes[word])
        codes[longer] = len(codes) + 2
        if codes[longer] == 4095:
            restart()
        elif codes[longer] == 1 << size:
            size += 1
        word = (sample,)
    put(codes[word])
    put(end)
    if filled:
        out.append(held)
    blocks = [bytes(out[at : at + 255]) for at in range(0, len(out), 255)]
    return bytes((bits,)) + b"".join(bytes((len(block),)) + block for block in blocks) + b"\0"


def three_frame_gif():
    """A disc that falls: the second and third frames cover a part, with transparent corners."""
    width, height = 96, 64
    palette = bytes((250, 250, 245, 30, 60, 140, 220, 60, 40, 0, 0, 0))
    out = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x91, 0, 0) + palette
    out += b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"

    def frame(picture, x, y, disposal, delay):
        control = struct.pack("<BBBBHBB", 0x21, 0xF9, 4, disposal << 2 | 1, delay, 3, 0)
        place = struct.pack("<BHHHHB", 0x2C, x, y, picture.width, picture.height, 0)
        return control + place + lzw([sample for row in picture.rows for sample in row], 2)

    scene = Picture(width, height, 0)
    scene.box(0, 52, width, 12, 1)
    scene.text(6, 6, 3, 1, "DIO")
    out += frame(scene, 0, 0, 1, 40)
    for y, disposal in ((4, 3), (28, 1)):
        ball = Picture(25, 25, 3)
        ball.disc(12, 12, 12, 2)
        out += frame(ball, 66, y, disposal, 40)
    return out + b";"


def two_page_pdf():
    """Letters of a standard font, lines, filled shapes; the second page is wider than high."""
    upright = b"""0.12 0.24 0.55 rg 36 660 540 8 re f
BT /F1 40 Tf 72 580 Td (libdio) Tj ET
0 g BT /F1 14 Tf 72 540 Td (Page 1 of a document that the project made itself.) Tj ET
0.86 0.24 0.16 rg 72 320 m 252 320 l 162 476 l h f
0.1 0.6 0.3 RG 6 w 330 320 180 156 re S
"""
    wide = b"""0.95 0.93 0.85 rg 0 0 432 288 re f
0 g BT /F1 18 Tf 36 230 Td (Page 2, six inches by four) Tj ET
2 w 36 220 m 396 220 l S
0.12 0.24 0.55 rg 36 60 120 120 re f 0.86 0.24 0.16 rg 156 60 120 60 re f
"""
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R"
        b" /Resources << /Font << /F1 7 0 R >> >> >>"
    )
    stream = b"<< /Length %d >>\nstream\n%sendstream"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
        page % (612, 792, 5),
        page % (432, 288, 6),
        stream % (len(upright), upright),
        stream % (len(wide), wide),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def colours(width, height):
    picture = Picture(width, height, (255, 255, 255))
    for y in range(height):
        picture.rows[y] = [(x * 255 // (width - 1), y * 255 // (height - 1), 128) for x in range(width)]
    picture.disc(width * 3 // 4, height // 2, height // 5, (250, 220, 40))
    picture.text(4, 4, 2, (255, 255, 255), "DIO")
    return picture


def colour_png():
    picture = colours(64, 48)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes(sample for pixel in row for sample in pixel) for row in picture.rows)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0))
        + chunk(b"pHYs", struct.pack(">IIB", 7874, 7874, 1))      # 200 dpi
        + chunk(b"IDAT", deflated(rows))
        + chunk(b"IEND", b"")
    )


def colour_bmp():
    picture = colours(41, 30)       # an odd width, so that rows are padded
    pad = b"\0" * (-3 * picture.width % 4)
    rows = b"".join(bytes(s for pixel in row for s in reversed(pixel)) + pad for row in reversed(picture.rows))
    header = struct.pack("<IiiHHIIiiII", 40, picture.width, picture.height, 1, 24, 0, len(rows), 3780, 3780, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(rows), 0, 0, 54) + header + rows


SAMPLES = {
    "pages.tif": two_page_tiff,
    "frames.gif": three_frame_gif,
    "pages.pdf": two_page_pdf,
    "colours.png": colour_png,
    "colours.bmp": colour_bmp,
    "marks.ttf": font,
    "lzma.tif": lzma_tiff,
    "webp.tif": webp_tiff,
    "frames.webp": webp.three_frame_webp,
    "lossy.webp": webp.lossy_webp,
}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--into", type=Path, default=Path(__file__).resolve().parent, metavar="DIR")
    options.add_argument("--check", action="store_true")
    asked, stale = options.parse_args(), []
    for name, make in SAMPLES.items():
        path, data = asked.into / name, make()
        if not asked.check:
            path.write_bytes(data)
        elif not path.exists() or path.read_bytes() != data:
            stale.append(name)
    if stale:
        sys.exit(f"not what tests/data/make.py makes: {', '.join(stale)}")


if __name__ == "__main__":
    main()
